"""Notices that the wall clock was set back, by a clock that never is."""

from __future__ import annotations

import time

_TOLERATED_SECONDS = 5.0


class Clock:
    """Compares the wall clock with the monotonic one."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def was_set_back(self, *, wall: float | None = None, steady: float | None = None) -> bool:
        """Whether the wall clock was set back since the last look.

        Args:
            wall: Unix seconds; now.
            steady: `time.monotonic` seconds; now.
        """
        wall = time.time() if wall is None else wall
        steady = time.monotonic() if steady is None else steady
        offset = wall - steady
        was_set_back = offset < self._offset - _TOLERATED_SECONDS
        self._offset = offset
        return was_set_back
