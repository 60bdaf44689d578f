"""How the job queue stands: counts and dead letters, for its owner and beside it.

A status is read while a worker writes, and while none lives. It starts and writes nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlite_file import check_version, reader, translated
from sync_queue import sql

FILE_NAME = "data.db"  # persist-queue's own name
_STATUS = {1: "waiting", 2: "out", 9: "failed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A job that needs a person: why it was given up, and when."""

    scene_id: int
    code: str
    message: str
    attempts: int
    buried: float  # Unix seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many scenes stand where at one moment."""

    waiting: int  # neither out nor failed, due or not
    retrying: int  # those of `waiting` that failed before
    next_retry: float | None  # Unix seconds
    due: int  # those of `waiting` that a claim would take
    out: int
    failed: int
    next_due: float | None  # Unix seconds; None if nothing waits
    failed_by_code: Mapping[str, int]


def read_counts(folder: Path, *, now: float) -> Counts | None:
    """How many jobs stand where, beside a running worker; None if there is no queue yet.

    Raises:
        DamagedError: The file cannot be read; the worker will set it aside.
        NewerSchemaError: A newer version wrote it.
    """
    with _reading(folder) as connection:
        return counts(connection, now=now) if connection else None


def read_dead_letters(folder: Path, *, limit: int) -> list[DeadLetter]:
    """The latest jobs that need a person, beside a running worker; raises as `read_counts`."""
    with _reading(folder) as connection:
        return dead_letters(connection, limit=limit, offset=0) if connection else []


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneJob:
    """The job of one scene.

    Attributes:
        status: "waiting", "out" or "failed".
        due: When it is tried, in Unix seconds.
        code: Why the last try failed; "" if none did.
        message: The same for a person.
    """

    status: str
    due: float
    code: str
    message: str
    attempts: int


def read_failed(folder: Path, code: str, *, limit: int, offset: int) -> list[DeadLetter]:
    """One page of the jobs set aside for one reason, by scene; raises as `read_counts`."""
    with _reading(folder) as connection:
        if connection is None:
            return []
        asked = {"code": code, "limit": limit, "offset": offset}
        return [_letter(row) for row in connection.execute(sql.FAILED_OF_CODE, asked)]


def read_job(folder: Path, scene_id: int) -> SceneJob | None:
    """The job of a scene, None if it has none; raises as `read_counts`."""
    with _reading(folder) as connection:
        if connection is None:
            return None
        row = connection.execute(sql.JOB_OF_SCENE, (scene_id,)).fetchone()
    if row is None:
        return None
    status, due, code, message, attempts = row
    return SceneJob(status=_STATUS[status], due=due, code=code, message=message, attempts=attempts)


def read_statuses(folder: Path, scene_ids: Iterable[int]) -> dict[int, str]:
    """The status of the job of each scene that has one; raises as `read_counts`."""
    with _reading(folder) as connection:
        if connection is None:
            return {}
        rows = connection.execute(sql.JOBS_OF_SCENES, (json.dumps(list(scene_ids)),))
        return {scene_id: _STATUS[status] for scene_id, status in rows}


@contextmanager
def _reading(folder: Path) -> Iterator[sqlite3.Connection | None]:
    """A connection that sees one moment and writes nothing; None if no queue was made yet."""
    file = folder / FILE_NAME
    if not file.exists():
        yield None
        return
    with translated(file, "nothing was read"), reader(file) as connection:
        connection.execute("BEGIN")
        yield connection if check_version(connection, file, schema=sql.SCHEMA) else None


def next_due(connection: sqlite3.Connection) -> float | None:
    """When the next waiting job is due, perhaps long ago; None if nothing waits."""
    due: float | None = connection.execute(sql.NEXT_DUE).fetchone()[0]
    return due


def counts(connection: sqlite3.Connection, *, now: float) -> Counts:
    """Count on the indexes alone."""
    delayed, due, out = connection.execute(sql.COUNTS, {"now": now}).fetchone()
    retrying, next_retry = connection.execute(sql.RETRYING).fetchone()
    by_code = dict(connection.execute(sql.FAILED_BY_CODE).fetchall())
    return Counts(
        waiting=due + delayed,
        retrying=retrying,
        next_retry=next_retry,
        due=due,
        out=out,
        failed=sum(by_code.values()),
        next_due=next_due(connection),
        failed_by_code=by_code,
    )


def dead_letters(connection: sqlite3.Connection, *, limit: int, offset: int) -> list[DeadLetter]:
    """The jobs that need a person, latest first."""
    rows = connection.execute(sql.DEAD_LETTERS, {"limit": max(limit, 0), "offset": offset})
    return [_letter(row) for row in rows]


def _letter(row: tuple[int, str, str, int, float]) -> DeadLetter:
    scene_id, code, message, attempts, buried = row
    return DeadLetter(
        scene_id=scene_id, code=code, message=message, attempts=attempts, buried=buried
    )
