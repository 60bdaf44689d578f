"""Waiting for what can be watched, with a deadline that only a failure reaches."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


def wait_for(look: Callable[[], _T], *, what: str, seconds: float = 20.0) -> _T:
    """The first true answer of `look`.

    Half of the time is left to what is waited for: a look may start a process.
    """
    started = time.monotonic()
    while True:
        looked = time.monotonic()
        seen = look()
        if seen:
            return seen
        now = time.monotonic()
        if now - started > seconds:
            raise AssertionError(f"waited {seconds} s in vain for {what}; last seen: {seen!r}")
        time.sleep(max(0.01, now - looked))
