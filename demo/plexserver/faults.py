"""Trouble on demand: what a server under strain, a proxy or a bad line does to a request.

A fault is a rule; the newest one that fits a request is the one that strikes. Kinds:

- `status:NNN`: an error page, nothing is carried out;
- `maintenance`: 503 with Plex's own body, on `/identity` too;
- `reset`: the connection is reset before anything is carried out;
- `lost`: the request is carried out, and then the connection is reset;
- `hang`: no answer until the fault is cleared, and then the usual one;
- `slow:SECONDS`: the usual answer, late;
- `garbage`, `html`: status 200 with bytes that are no XML, or with a page;
- `truncated`: the usual answer cut in the middle, with a Content-Length that fits;
- `redirect:URL`: 301 to the URL as it is;
- `endless`: an answer that does not end.

A server that is down is `PlexServer.stop`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass

_PLAIN = {"maintenance", "reset", "lost", "hang", "garbage", "html", "truncated", "endless"}
_WITH_ARGUMENT = {"status", "slow", "redirect"}


@dataclass(slots=True, eq=False)
class Fault:
    """One rule. `times` is how often it may still strike, None for always."""

    kind: str
    argument: str
    paths: re.Pattern[str] | None
    methods: frozenset[str] | None
    times: int | None
    after: int
    cleared: bool = False

    def fits(self, method: str, target: str) -> bool:
        """Tell whether the rule is about such a request and not used up."""
        if self.times == 0 or (self.methods is not None and method not in self.methods):
            return False
        return self.paths is None or self.paths.search(target) is not None


class Faults:
    """The rules in force; may be changed while requests are in flight."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._changed = threading.Condition()

    def set(
        self,
        kind: str,
        *,
        paths: str | None = None,
        methods: Collection[str] | None = None,
        times: int | None = None,
        after: int = 0,
    ) -> None:
        """Add a rule.

        Args:
            kind: See the module's list.
            paths: A regular expression, searched for in path and query as sent.
            methods: "GET", "PUT", "POST"; None for all.
            times: How many requests it strikes; None for all.
            after: How many fitting requests it lets pass first.
        """
        name, _, argument = kind.partition(":")
        if name not in _PLAIN | _WITH_ARGUMENT or (name in _WITH_ARGUMENT) != bool(argument):
            raise ValueError(f"there is no fault {kind!r}")
        fault = Fault(
            name,
            argument,
            re.compile(paths) if paths is not None else None,
            frozenset(methods) if methods is not None else None,
            times,
            after,
        )
        with self._changed:
            self._rules.insert(0, fault)

    def clear(self) -> None:
        """End all trouble; requests that hang go on as if nothing had been."""
        with self._changed:
            for fault in self._rules:
                fault.cleared = True
            self._rules.clear()
            self._changed.notify_all()

    def strike(self, method: str, target: str) -> Fault | None:
        """Say what happens to a request, and count it."""
        with self._changed:
            for fault in self._rules:
                if not fault.fits(method, target):
                    continue
                if fault.after > 0:
                    fault.after -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None

    def wait(
        self, fault: Fault | None, stopping: Callable[[], bool], seconds: float | None
    ) -> None:
        """Let a request wait for the end of its fault, of the server, or of some seconds."""
        with self._changed:
            self._changed.wait_for(
                lambda: stopping() or (fault is not None and fault.cleared), seconds
            )

    def wake(self) -> None:
        """Make every waiting request look again whether the server stops."""
        with self._changed:
            self._changed.notify_all()
