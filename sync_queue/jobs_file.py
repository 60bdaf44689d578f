"""The file of the job queue: opened, guarded, set aside when it is damaged.

persist-queue gives the connection, the table's file and the resuming after a kill; the SQL is ours
(`sql.py`), because its own puts one row per commit, forgets times and keeps what is done. Its
one-item calls are refused.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from persistqueue.serializers import json as json_serializer
from persistqueue.sqlackqueue import SQLiteAckQueue

from errors import DamagedError
from sqlite_file import check_version, reader, set_aside, set_journal, translated
from sync_queue import sql
from sync_queue.queue_status import FILE_NAME


class JobsFile(SQLiteAckQueue):
    """One connection to the file, for its only owner.

    Args:
        folder: Made if it is not there.
        wal: Whether the folder can hold a write-ahead log.

    Attributes:
        was_damaged: A damaged file was found and set aside, so jobs may be missing.
    """

    _TABLE_NAME = "scene"
    _KEY_COLUMN = "scene_id"
    _SQL_CREATE = sql.CREATE_TABLE

    # The base closes these when it is collected, even if it was never opened.
    _getter = None
    _putter = None

    def __init__(self, folder: Path, *, wal: bool) -> None:
        self._file = folder / FILE_NAME
        self._wal = wal
        self.was_damaged = False
        try:
            self._open(folder)
        except DamagedError:
            self.was_damaged = True
            self._open(folder)

    def close(self) -> None:
        """Close the file; what is out stays out until the next opening."""
        super().close()
        # The base closes once more when it is collected, perhaps in another thread.
        self._getter = self._putter = None

    @property
    def size(self) -> int:
        """How many jobs wait; the base's figure is a memory of its own puts and gets."""
        return self._count()

    def _open(self, folder: Path) -> None:
        with translated(self._file, "nothing was queued"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._set_aside_if_damaged():
            if self._file.exists():
                with reader(self._file) as connection:
                    check_version(connection, self._file, schema=sql.SCHEMA)
            self._file.touch(mode=0o600)  # SQLite gives -wal and -shm the same mode
            super().__init__(str(folder), name="jobs", serializer=json_serializer)

    def _init(self) -> None:
        super()._init()
        for statement in (*sql.CREATE_REST, sql.CREATE_WANTED):
            self._conn.execute(statement)
        with self._conn:
            self._conn.execute(sql.FORGET_RUN_COUNTS)
            self._conn.execute(sql.COUNT_RUNS)

    def _new_db_connection(
        self, path: str, multithreading: bool, timeout: float
    ) -> sqlite3.Connection:
        connection = sqlite3.connect(
            Path(path) / self.db_file_name, timeout=timeout, check_same_thread=not multithreading
        )
        set_journal(connection, wal=self._wal)
        connection.execute("PRAGMA temp_store = MEMORY")
        return connection

    def _count(self) -> int:
        (count,) = self._conn.execute(sql.WAITING_COUNT).fetchone()
        return int(count)

    def _forget(self) -> None:
        """What was remembered of the file is not sure any more."""

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._forget()
        with self._guarded() as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
        self._forget()  # a look in between knew only what was before

    @contextmanager
    def _guarded(self) -> Iterator[sqlite3.Connection]:
        with self._set_aside_if_damaged():
            yield self._conn

    @contextmanager
    def _set_aside_if_damaged(self) -> Iterator[None]:
        """Else a worker that opens the queue again would meet the same damage for ever."""
        try:
            with translated(self._file, "nothing was queued or ended"):
                yield
        except DamagedError:
            self.close()  # Windows renames no open file
            set_aside(self._file)
            raise

    def _refuse(self, *_args: object, **_kwargs: object) -> NoReturn:
        """The base's one-item calls know no generation; all of them come through these."""
        raise TypeError("a JobQueue has put_many, claim, ack, release, retry and bury")

    _insert_into = _update = _delete = _pop = _mark_ack_status = _sql_queue = _refuse
    clear_acked_data = _refuse
