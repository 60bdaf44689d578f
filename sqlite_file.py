"""A SQLite file of ours: read beside its owner, told apart from a damaged or newer one.

The job queue and the ledger are such files. Errors are told by class and code, never by text.
Nothing here writes into a file.
"""

from __future__ import annotations

import itertools
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from errors import DamagedError, NewerSchemaError, NotKeptError

log = logging.getLogger("PlexSync.sqlite_file")


_WAL_PROBE = "wal-probe.db"
_WAL_FORMAT = 2  # bytes 18 and 19 of a file in WAL mode


def wal_works(folder: Path) -> bool:
    """Whether a file in `folder` can use a write-ahead log; network drives mostly cannot.

    WAL needs memory shared between processes, and a file that was once switched to it cannot be
    opened without, so this is tried on a file that is thrown away.
    """
    probe = folder / _WAL_PROBE
    try:
        with closing(sqlite3.connect(probe)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("CREATE TABLE IF NOT EXISTS probe (value)")
            (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
            return bool(mode == "wal")
    except sqlite3.OperationalError:
        log.warning("%s cannot hold a write-ahead log; the slower way is taken", folder)
        return False
    finally:
        for end in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                probe.with_name(probe.name + end).unlink()


def set_journal(connection: sqlite3.Connection, *, wal: bool) -> None:
    """Choose how commits are kept.

    With a write-ahead log there is no fsync per commit: a kill loses nothing that way. A power cut
    may lose the last commits, never the file, and the catch-up asks Stash for what changed since.
    """
    connection.execute(f"PRAGMA journal_mode = {'WAL' if wal else 'DELETE'}")
    connection.execute(f"PRAGMA synchronous = {'NORMAL' if wal else 'FULL'}")


@contextmanager
def reader(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection that writes nothing, and leaves nothing beside the file."""
    # SQLite would make -wal and -shm to read a file in WAL mode and leave them there. Without
    # a -wal nobody has the file open, so its pages stand still.
    wal = file.with_name(f"{file.name}-wal")
    with file.open("rb") as raw:
        is_wal = raw.read(20)[18:19] == bytes([_WAL_FORMAT])
    query = "?mode=ro&immutable=1" if is_wal and not wal.exists() else "?mode=ro"
    uri = file.absolute().as_uri() + query
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        yield connection


def check_version(connection: sqlite3.Connection, file: Path, *, schema: int) -> int:
    """The schema of the file; 0 if it was never finished.

    Args:
        connection: To the file.
        file: Named when it is refused.
        schema: The newest that this version knows.

    Raises:
        NewerSchemaError: A newer version wrote it.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()  # reads the schema
    if version > schema:
        raise NewerSchemaError(
            f"{file} has schema {version}, this version knows {schema}",
            remedy="install the newer PlexSync again, or move the file away",
        )
    return int(version)


@contextmanager
def translated(file: Path, consequence: str) -> Iterator[None]:
    """Turn what SQLite and the system raise into our errors; a bug stays what it is."""
    try:
        yield
    except OSError as error:
        raise _not_kept(file, consequence, error) from error
    except sqlite3.DatabaseError as error:
        if _is_damage(error):
            raise DamagedError(f"{file} cannot be read ({error})") from error
        if isinstance(error, sqlite3.OperationalError):
            raise _not_kept(file, consequence, error) from error
        raise


def _not_kept(file: Path, consequence: str, error: Exception) -> NotKeptError:
    remedy = "look at the folder's free space and permissions"
    return NotKeptError(f"{file} cannot be used ({error}): {consequence}", remedy=remedy)


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """SQLITE_CORRUPT or SQLITE_NOTADB; Python 3.10 tells them only by the bare class."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return type(error) is sqlite3.DatabaseError
    return code & 0xFF in (11, 26)


def set_aside(file: Path) -> None:
    """Rename a damaged file and its -wal, which may hold what a person can still rescue."""
    names = (file.with_name(f"{file.name}.damaged-{n}") for n in itertools.count(1))
    aside = next(name for name in names if not name.exists())
    with translated(file, "it is damaged and could not be set aside"):
        # The file first: SQLite drops a -wal that stands beside no file.
        file.replace(aside)
        wal = file.with_name(f"{file.name}-wal")
        if wal.exists():
            wal.replace(aside.with_name(f"{aside.name}-wal"))
        file.with_name(f"{file.name}-shm").unlink(missing_ok=True)
    log.warning("%s was damaged; it was set aside as %s", file, aside.name)
