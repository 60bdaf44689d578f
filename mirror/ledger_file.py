"""The ledger's file: its schema, how it is opened, and what happens to a damaged one.

One row a scene and one row an item, values as JSON: nothing is ever asked of what is inside
them. A file of a newer schema is refused untouched. A file that is no database is set aside
under another name, for a person may still save something from it. Its last daily copy then takes
its place; without one a fresh ledger is begun, nothing that stands in Plex counts as ours, and
undo knows no earlier state.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from enum import Enum
from pathlib import Path
from typing import Any

from errors import DamagedError, NotKeptError
from mirror.ledger_schema import FIRST_WITH_COUNTS, SCHEMA, STEPS
from sqlite_file import check_version, reader, set_aside, set_journal, translated

log = logging.getLogger(__name__)

_CONSEQUENCE = "nothing is synced until it can be"


class Origin(Enum):
    """Where an opened ledger comes from."""

    FILE = "its own file"
    COPY = "the last daily copy, because the file was damaged"
    NOTHING = "a fresh one, because the file was damaged and there was no copy"


class LedgerFile:
    """The open file: one connection, whose errors are told apart.

    Args:
        path: The file; made if it is not there.
        wal: Whether its folder can hold a write-ahead log.

    Attributes:
        origin: Where what it holds comes from.
    """

    def __init__(self, path: Path, *, wal: bool) -> None:
        self._path = path
        self._connection, self.origin = open_ledger(path, wal=wal)

    def close(self) -> None:
        """Give the file free."""
        self._connection.close()

    def copy(self) -> None:
        """Copy the file beside itself; raises as `copy_ledger`."""
        copy_ledger(self._connection, self._path)

    def counts(self) -> dict[str, int]:
        """Return scenes by state."""
        return count_scenes(self._connection)

    def execute(self, statement: str, values: Iterable[object] = ()) -> list[Any]:
        """Run one statement; all of its rows, so that no error comes later."""
        try:
            return self._connection.execute(statement, tuple(values)).fetchall()
        except (OSError, sqlite3.Error):
            with self._guarded():  # entered for errors alone: most of a scene's reads come here
                raise

    def execute_many(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Run one statement for each row."""
        with self._guarded():
            self._connection.executemany(statement, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what is done inside, or nothing."""
        with self._guarded():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except DamagedError:
                raise  # the connection is closed
            except BaseException:
                if self._connection.in_transaction:  # SQLite itself ends some, on a full disk
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Translate errors; a file that turns out damaged is set aside for whoever opens next."""
        try:
            with translated(self._path, "nothing was recorded"):
                yield
        except DamagedError:
            self.close()
            if self._path.exists():  # guards nest, the inner one has done it
                set_aside(self._path)
            raise


def open_ledger(path: Path, *, wal: bool) -> tuple[sqlite3.Connection, Origin]:
    """A connection to write through, and where what it holds comes from.

    Raises:
        NewerSchemaError: A newer version wrote the file; it is left as it is.
        NotKeptError: It cannot be made, read or written now.
    """
    copy = copy_of(path)
    try:
        if path.exists() or not copy.exists():
            return _open(path, wal=wal), Origin.FILE
    except DamagedError:
        set_aside(path)
    try:
        if copy.exists():
            _restore(copy, path)
            return _open(path, wal=wal), Origin.COPY
    except (DamagedError, OSError) as error:
        log.warning("the copy of the ledger cannot be used either (%s)", error)
        with suppress(OSError):
            path.unlink()
    return _open(path, wal=wal), Origin.NOTHING


def copy_of(path: Path) -> Path:
    """Where the daily copy of a ledger lies."""
    return path.with_name(f"{path.name}.copy")


def copy_ledger(connection: sqlite3.Connection, path: Path) -> None:
    """Copy a ledger beside itself; the copy appears whole or not at all.

    Raises:
        NotKeptError: It could not be written; the earlier copy stays.
    """
    unfinished = path.with_name(f"{path.name}.copy.tmp")
    with translated(path, "it was not copied"):
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        with closing(sqlite3.connect(unfinished)) as target:
            connection.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
        unfinished.replace(copy_of(path))


def read_scene_counts(path: Path) -> dict[str, int] | None:
    """How many scenes are in which state, for status answers of other processes.

    The keys are those of `Ledger.counts`. Writes nothing and waits for nobody; None when there
    is no ledger that can be read.
    """
    if not path.exists():
        return None
    try:
        with translated(path, "it is not read"), reader(path) as connection:
            return count_scenes(connection)
    except (DamagedError, NotKeptError):
        return None


def count_scenes(connection: sqlite3.Connection) -> dict[str, int]:
    """Scenes by "state", or "state/code" where there is a code."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    kept = "SELECT state, code, count FROM state_counts"
    counted = "SELECT state, code, count(*) FROM scenes GROUP BY state, code"
    rows = connection.execute(kept if version >= FIRST_WITH_COUNTS else counted)
    return {f"{state}/{code}" if code else state: count for state, code, count in rows}


def _restore(copy: Path, path: Path) -> None:
    """Bring the copy back; the copy itself stays where it is."""
    with translated(copy, "it is not brought back"), reader(copy) as source:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        with closing(sqlite3.connect(path)) as target:
            source.backup(target)


def _open(path: Path, *, wal: bool) -> sqlite3.Connection:
    with translated(path, _CONSEQUENCE):
        if path.exists():
            with reader(path) as connection:
                check_version(connection, path, schema=SCHEMA)
        # SQLite gives its -wal and -shm the mode of the file.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        path.chmod(0o600)  # somebody may have put it back from elsewhere
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            _prepare(connection, path, wal=wal)
        except BaseException:
            connection.close()
            raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path, *, wal: bool) -> None:
    version = check_version(connection, path, schema=SCHEMA)
    set_journal(connection, wal=wal)
    if version < SCHEMA:
        # One transaction with the version: a kill in between leaves the file as it was.
        steps = "".join(STEPS[version:])
        connection.executescript(f"BEGIN IMMEDIATE;{steps}PRAGMA user_version = {SCHEMA};COMMIT;")
