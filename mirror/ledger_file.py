"""The ledger's file: its schema, how it is opened, and what happens to a damaged one.

One row a scene and one row an item, values as JSON: nothing is ever asked of what is inside
them. A file of a newer schema is refused untouched. A file that is no database is set aside
under another name, for a person may still save something from it, and a fresh one is made.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import urllib.parse
from pathlib import Path

import errors

log = logging.getLogger(__name__)

SCHEMA = 1

_TABLES = """
CREATE TABLE items (
    rating_key INTEGER NOT NULL,
    part TEXT NOT NULL,
    section_uuid TEXT NOT NULL,
    machine TEXT NOT NULL,
    scene_id INTEGER NOT NULL,          -- the scene that wrote it last
    asked TEXT,                         -- NULL until a write is confirmed
    unsure TEXT NOT NULL DEFAULT '[]',  -- writes begun since then, oldest first
    before TEXT NOT NULL DEFAULT '{}',  -- fields are added, never changed
    begun REAL,                         -- Unix seconds
    confirmed REAL,                     -- Unix seconds
    UNIQUE (rating_key, part, section_uuid, machine)
);
CREATE INDEX items_by_scene ON items (scene_id);

CREATE TABLE scenes (
    scene_id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    cover TEXT NOT NULL,
    cover_etag TEXT NOT NULL,
    cover_sha1 TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    changed REAL NOT NULL,              -- Unix seconds
    paths TEXT NOT NULL
);
CREATE INDEX scenes_by_state ON scenes (state, code);

CREATE TABLE links (
    kind TEXT NOT NULL,
    object_id INTEGER NOT NULL,
    scene_id INTEGER NOT NULL,
    PRIMARY KEY (kind, object_id, scene_id)
) WITHOUT ROWID;
CREATE INDEX links_by_scene ON links (scene_id);

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


def open_ledger(path: Path) -> tuple[sqlite3.Connection, bool]:
    """Return a connection to write through, and whether a damaged file had to be set aside.

    Raises:
        NewerSchemaError: A newer version wrote the file; it is left as it is.
    """
    try:
        return _open(path), False
    except sqlite3.OperationalError:  # locked, no disk space, no permission: not damaged
        raise
    except sqlite3.DatabaseError as error:
        aside = _set_aside(path)
        log.warning(
            "the ledger %s is damaged (%s); it is kept as %s and a new one is begun, so undo "
            "knows no earlier state",
            path,
            error,
            aside.name,
        )
        return _open(path), True


def read_scene_counts(path: Path) -> dict[str, int] | None:
    """Return how many scenes are in which state, for status answers of other processes.

    The keys are those of `Ledger.counts`. Writes nothing and waits for nobody; None when there
    is no ledger that can be read.
    """
    if not path.exists():
        return None
    try:
        with contextlib.closing(_connect_read_only(path)) as connection:
            return count_scenes(connection)
    except sqlite3.Error:
        return None


def count_scenes(connection: sqlite3.Connection) -> dict[str, int]:
    """Return scenes by "state", or "state/code" where there is a code."""
    rows = connection.execute("SELECT state, code, count(*) FROM scenes GROUP BY state, code")
    return {f"{state}/{code}" if code else state: count for state, code, count in rows}


def _open(path: Path) -> sqlite3.Connection:
    if not path.exists():
        path.touch(mode=0o600)  # SQLite gives its -wal and -shm the same mode
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    path.chmod(0o600)
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA:
        raise errors.NewerSchemaError(
            f"{path} has schema {version}, this version knows {SCHEMA}",
            remedy="install the newer PlexSync again, or move the file away",
        )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    if version < SCHEMA:
        # One transaction with the version: a kill in between leaves an empty file.
        connection.executescript(f"BEGIN IMMEDIATE;{_TABLES}PRAGMA user_version = {SCHEMA};COMMIT;")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _connect_read_only(path: Path) -> sqlite3.Connection:
    name = path.resolve().as_posix()
    root = "" if name.startswith("/") else "/"  # a drive letter needs one more slash
    uri = f"file://{root}{urllib.parse.quote(name)}?mode=ro"
    return sqlite3.connect(uri, uri=True, isolation_level=None)


def _set_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    path.replace(aside)
    for end in ("-wal", "-shm"):  # they belong to the old file and would spoil the new one
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + end).replace(aside.with_name(aside.name + end))
    return aside
