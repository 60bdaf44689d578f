"""Everything that the worker keeps on disk, opened together and closed together."""

from __future__ import annotations

import logging
from pathlib import Path

from errors import NotKeptError
from mirror.ledger import Ledger, Origin
from plex.cache import MatchCache, PlexCache
from sqlite_file import wal_works
from sync_queue.jobs import JobQueue

log = logging.getLogger("PlexSync.worker")

COPY_SECONDS = 24 * 3600.0
_COPIED = "copied"


class Stores:
    """Queue, ledger and caches of one data folder.

    Args:
        folder: The data folder, whose lock the caller holds.

    Attributes:
        are_incomplete: A damaged file was set aside, so jobs or knowledge may be missing.

    Raises:
        NewerSchemaError: A newer version wrote one of the files; nothing was touched.
        NotKeptError: The disk is full or the folder read-only.
    """

    def __init__(self, folder: Path) -> None:
        wal = wal_works(folder)
        self.queue = JobQueue(folder / "queue", wal=wal)
        try:
            self.ledger = Ledger(folder / "ledger.db", wal=wal)
        except BaseException:
            self.queue.close()
            raise
        self.match_cache = MatchCache(folder)
        self.plex_cache = PlexCache(folder)
        self._copied = float(self.ledger.get_meta(_COPIED) or 0)
        self.are_incomplete = self.queue.was_damaged or self.ledger.origin is not Origin.FILE
        if self.ledger.origin is not Origin.FILE:
            log.warning("the ledger is %s", self.ledger.origin.value)

    def clear_caches(self) -> None:
        """Forget all that only makes things cheaper."""
        self.match_cache.clear()
        self.plex_cache.clear()

    def copy_daily(self, now: float) -> None:
        """Copy the ledger once a day; a disk that is too full for it stops nothing else."""
        if 0 <= now - self._copied < COPY_SECONDS:
            return
        self._copied = now
        try:
            self.ledger.copy()
        except NotKeptError as error:
            log.warning("the ledger could not be copied today: %s", error)
        self.ledger.set_meta(_COPIED, str(now))

    def close(self) -> None:
        """Close every file; nothing depends on this being called."""
        for one in (self.match_cache, self.plex_cache, self.queue, self.ledger):
            one.close()
