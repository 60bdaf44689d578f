"""When a worker ends, and why."""

from __future__ import annotations

import os
import time
from enum import Enum
from pathlib import Path

from worker.stash_side import StashSide
from worker.version import CodeWatch

STASH_GONE_SECONDS = 600.0
FIRST_CALL_SECONDS = 5.0


class End(Enum):
    """Why a worker ended."""

    STASH_GONE = "Stash has not answered for ten minutes"
    NO_CALL = "nobody said how to reach Stash"
    DISABLED = "the plugin is switched off or removed"
    REPLACED = "the plugin's files were replaced"
    ASKED = "the system asked it to end"
    FOLDER_GONE = "its data folder is gone, or another one stands in its place"


class Ending:
    """Sees the reasons to end.

    Args:
        lock: The worker's lock, which the caller holds.
        code: Sees the plugin's files replaced.
        stash_gone_seconds: How long Stash may be silent.

    Attributes:
        is_asked: The system asked for it.
    """

    def __init__(self, lock: Path, code: CodeWatch, *, stash_gone_seconds: float) -> None:
        self.code = code
        self.is_asked = False
        self._stash_gone_seconds = stash_gone_seconds
        self._started = time.monotonic()
        self._lock = lock
        self._lock_inode = lock.stat().st_ino if lock.exists() else 0

    @property
    def is_near(self) -> bool:
        """Whether nothing new should be begun."""
        return self.is_asked or self.code.is_changing

    def reason(self, stash: StashSide, *, is_enabled: bool) -> End | None:
        """The reason to end now, if there is one.

        Args:
            stash: Knows when Stash was seen.
            is_enabled: Whether the plugin is switched on, as far as is known.
        """
        now = time.monotonic()
        if self.is_asked:
            return End.ASKED
        if not is_enabled:
            return End.DISABLED
        if stash.client is None:
            return End.NO_CALL if now - self._started > FIRST_CALL_SECONDS else None
        if now - stash.seen > self._stash_gone_seconds:
            return End.STASH_GONE
        return End.REPLACED if self.code.is_over else None

    def is_evicted(self) -> bool:
        """Whether the lock that we hold is not the one that others see any more.

        A folder that was deleted and made anew would otherwise have two workers, one of which
        keeps queue and ledger in files that nobody can open again.
        """
        if not self._lock_inode:
            return False
        try:
            return os.stat(self._lock).st_ino != self._lock_inode  # noqa: PTH116 - at each look
        except OSError:
            return True
