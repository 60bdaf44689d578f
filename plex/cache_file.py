"""One of diskcache's databases as a cache may use it: never in the way, rebuilt when damaged.

An operation that fails is a miss or does nothing, and is said once. Keys and values are plain
JSON; a row that was pickled counts as damage and is never loaded.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

import diskcache

log = logging.getLogger("PlexSync.plex.cache")

T = TypeVar("T")

_DATABASE = "cache.db"
_DATABASE_FILES = (_DATABASE, f"{_DATABASE}-wal", f"{_DATABASE}-shm", f"{_DATABASE}-journal")
_VALUE_FOLDER = re.compile(r"[0-9a-f]{2}")  # large values are files, in folders of such names
_COLUMNS = {"key", "raw", "store_time", "expire_time", "tag", "size", "mode", "filename", "value"}
_PICKLED = 4  # diskcache's `mode` of a pickled value
LOCK_SECONDS = 5.0  # the worker is the only owner; who else holds the file is gone soon


class UnreadableValueError(Exception):
    """A row that we did not write, or not so."""


class _PlainDisk(diskcache.Disk):  # type: ignore[misc]
    """Values as JSON texts, keys as they are escaped there; pickled ones are refused unread.

    diskcache's own `JSONDisk` packs each of them, which is most of what a short one costs.
    """

    def put(self, key: object) -> tuple[str, bool]:
        return json.dumps(str(key))[1:-1], True

    def get(self, key: object, raw: object) -> object:
        if not raw:
            raise UnreadableValueError("a pickled key")
        return _read(f'"{key}"', "a key")

    def store(self, value: object, read: object, key: object = None) -> tuple[object, ...]:
        size, mode, filename, stored = super().store(json.dumps(value), read, key=key)
        if filename:
            file = Path(self._directory, filename)
            for path, rights in ((file, 0o600), (file.parent, 0o700), (file.parents[1], 0o700)):
                path.chmod(rights)
        return size, mode, filename, stored

    def fetch(self, mode: object, filename: object, value: object, read: object) -> object:
        if mode == _PICKLED:
            raise UnreadableValueError("a pickled value")
        try:
            text = super().fetch(mode, filename, value, read)
        except (ValueError, TypeError) as error:
            raise UnreadableValueError("a value") from error
        return _read(text, "a value")


def _read(text: str, what: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise UnreadableValueError(what) from error


class CacheFile:
    """A diskcache in a folder of its own that never fails its caller.

    Args:
        directory: The folder; nothing else is kept in it.
        lock_seconds: How long another holder of the file is waited for.
        settings: Settings of diskcache.
    """

    def __init__(
        self, directory: Path, *, lock_seconds: float = LOCK_SECONDS, **settings: object
    ) -> None:
        self._directory = directory
        self._lock_seconds = lock_seconds
        self._settings = settings
        self._lock = threading.RLock()
        self._is_failing = False
        self._cache: diskcache.Cache | None = None
        try:
            if _is_damaged(directory, may_be_new=True):
                self._rebuild(None, "files")
            else:
                self._cache = self._open()
        except (sqlite3.Error, diskcache.Timeout, OSError, ValueError, TypeError) as error:
            if type(error) in {sqlite3.DatabaseError, ValueError, TypeError}:
                self._rebuild(None, type(error).__name__)
            else:
                self._say(error)

    def run(self, action: Callable[[diskcache.Cache], T], default: T) -> T:
        """What `action` returns, or `default` when the cache cannot be used."""
        cache = self._cache
        if cache is None:
            return default
        try:
            result = action(cache)
        except (UnreadableValueError, ValueError) as error:
            self._rebuild(cache, str(error) or type(error).__name__)
        except (sqlite3.Error, diskcache.Timeout, OSError) as error:
            # "Not a database" and "malformed" come as the base class itself; busy, full and
            # "no such table" share a subclass, so the file has to be looked at.
            if type(error) is sqlite3.DatabaseError or _is_damaged(self._directory):
                self._rebuild(cache, type(error).__name__)
            else:
                self._say(error)
        else:
            self._is_failing = False
            return result
        return default

    def close(self) -> None:
        """Give up this thread's connection."""
        if self._cache is not None:
            with suppress(sqlite3.Error):
                self._cache.close()

    def _open(self) -> diskcache.Cache:
        folder = str(self._directory)
        if os.path.expandvars(folder) != folder:  # diskcache would use the expanded one
            raise NotADirectoryError("diskcache would read a variable into the folder's name")
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._directory.chmod(0o700)
        database = self._directory / _DATABASE
        database.touch(mode=0o600)  # SQLite gives its side files the mode of this one
        database.chmod(0o600)
        return diskcache.Cache(
            folder,
            timeout=self._lock_seconds,
            disk=_PlainDisk,
            sqlite_mmap_size=0,
            sqlite_cache_size=1000,
            **self._settings,
        )

    def _rebuild(self, damaged: diskcache.Cache | None, reason: str) -> None:
        with self._lock:
            if self._cache is not damaged:
                return  # another thread was faster
            self.close()
            self._cache = None
            result = "was thrown away and is built anew"
            try:
                _throw_away(self._directory)
                self._cache = self._open()
            except (sqlite3.Error, diskcache.Timeout, OSError, ValueError, TypeError) as error:
                result = f"cannot be replaced ({type(error).__name__}): PlexSync does without it"
            log.warning("the %s was damaged (%s); it %s", self._directory.name, reason, result)

    def _say(self, error: Exception) -> None:
        """One warning for a row of failures: a full disk would fill the log too."""
        level = logging.DEBUG if self._is_failing else logging.WARNING
        self._is_failing = True
        name = self._directory.name
        log.log(level, "the %s cannot be used (%s); Plex is asked", name, type(error).__name__)


def _is_damaged(directory: Path, *, may_be_new: bool = False) -> bool:
    """Look whether the files are beyond use; False when that cannot be told."""
    if directory.exists() and not directory.is_dir():
        return True
    files = [path for name in _DATABASE_FILES if (path := directory / name).exists()]
    if not all(path.is_file() for path in files):
        return True
    database = directory / _DATABASE
    if database not in files:
        return not may_be_new
    try:
        with closing(sqlite3.connect(database, timeout=1)) as connection:
            return not _has_tables(connection, may_be_new=may_be_new)
    except sqlite3.OperationalError:
        return False
    except sqlite3.DatabaseError:
        return True


def _has_tables(connection: sqlite3.Connection, *, may_be_new: bool) -> bool:
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    if not tables and may_be_new:
        return True
    if not {("Cache",), ("Settings",)} <= set(tables):
        return False
    columns = {row[1] for row in connection.execute("PRAGMA table_info(Cache)")}
    counts = connection.execute("SELECT key FROM Settings WHERE key IN ('count', 'size')")
    return columns >= _COLUMNS and len(counts.fetchall()) == 2


def _throw_away(directory: Path) -> None:
    """Remove what diskcache made, and nothing else that somebody may have put there."""
    if not directory.exists():
        return
    if not directory.is_dir():
        directory.unlink()
        return
    for path in directory.iterdir():
        if path.name in _DATABASE_FILES or _VALUE_FOLDER.fullmatch(path.name):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
