"""Ends the worker of a data folder, so that no test leaves a process behind."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

from plugin.status import worker_lives
from sync_queue.host import is_alive
from tests.waiting import wait_for
from worker.state import read_state


def end_worker(data: Path) -> None:
    """Ask the worker to end, and see that it did."""
    asked: set[int] = set()

    def has_ended() -> bool:
        state = read_state(data)
        if not worker_lives(data):
            return not _is_starting(data)
        if state and state.pid not in asked:  # a successor may just have taken over
            asked.add(state.pid)
            with suppress(ProcessLookupError):
                os.kill(state.pid, signal.SIGTERM)
        return False

    wait_for(has_ended, what="the end of the worker")


def _is_starting(data: Path) -> bool:
    """Whether a process was started that does not hold the lock yet."""
    with suppress(FileNotFoundError):
        named = (data / "worker.start").read_bytes()
        return named.isdigit() and is_alive(int(named))
    return False
