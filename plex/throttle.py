"""How many requests Plex gets at once: a few while it is well, one while it struggles.

Plex serves people who watch. A server that answers much slower than usual, or turns requests away,
gets one request at a time until it answers as usual again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

READS = 4
WRITES = 2
SLOW_TIMES = 3.0  # as long as usual, or longer
USUAL_TIMES = 2.0  # this and less counts as well again
NOTICED_SECONDS = 0.010  # what is this little slower than usual may be our own process
SLOW_IN_A_ROW = 3
WELL_IN_A_ROW = 5
# A server that stays slow for so long is a slow server; it is not narrowed for ever.
ACCEPTED_SECONDS = 60.0
# What is usual follows faster answers sooner than slower ones: a busy machine of ours adds to some.
_FASTER, _SLOWER = 10, 100  # writes


class Throttle:
    """Lets requests through; for any number of threads.

    Attributes:
        is_narrow: Whether only one request may be in flight.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._flying = {"read": 0, "write": 0}
        self._usual = 0.0
        self._streak = 0
        self._narrow_since = 0.0
        self.is_narrow = False

    @contextmanager
    def turn(self, kind: str) -> Iterator[None]:
        """Wait until a request may be sent, and count it until its answer was read.

        Args:
            kind: "read" or "write".
        """
        with self._changed:
            self._changed.wait_for(lambda: self._may_fly(kind))
            self._flying[kind] += 1
        try:
            yield
        finally:
            with self._changed:
                self._flying[kind] -= 1
                self._changed.notify_all()

    def took(self, seconds: float) -> None:
        """A write was answered; only these are like each other in what they cost."""
        with self._changed:
            if self.is_narrow:
                self._count(is_of_note=self._is_well(seconds), enough=WELL_IN_A_ROW)
                if time.monotonic() - self._narrow_since > ACCEPTED_SECONDS:
                    self._usual = seconds
                return
            if self._usual:
                late = max(SLOW_TIMES * self._usual, self._usual + NOTICED_SECONDS)
                self._count(is_of_note=seconds > late, enough=SLOW_IN_A_ROW)
            pace = _FASTER if seconds < self._usual else _SLOWER
            self._usual += (seconds - self._usual) / (pace if self._usual else 1)

    def struggles(self) -> None:
        """A request was turned away or never answered: one at a time from now on."""
        with self._changed:
            self._streak = 0
            self._set_narrow(is_narrow=True)

    def _may_fly(self, kind: str) -> bool:
        if self.is_narrow:
            return not any(self._flying.values())
        return self._flying[kind] < (WRITES if kind == "write" else READS)

    def _is_well(self, seconds: float) -> bool:
        return not self._usual or seconds <= USUAL_TIMES * self._usual + NOTICED_SECONDS / 2

    def _count(self, *, is_of_note: bool, enough: int) -> None:
        self._streak = self._streak + 1 if is_of_note else 0
        if self._streak >= enough:
            self._streak = 0
            self._set_narrow(is_narrow=not self.is_narrow)

    def _set_narrow(self, *, is_narrow: bool) -> None:
        if is_narrow != self.is_narrow:
            self.is_narrow = is_narrow
            self._narrow_since = time.monotonic()
            self._changed.notify_all()
