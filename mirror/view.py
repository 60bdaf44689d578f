"""The ledger as other processes read it: beside its owner, without writing or waiting.

Looking at a scene or a status starts a process, so this module imports next to nothing: rows come
as plain values, and JSON of the rows is read only where it is shown.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from errors import DamagedError, NotKeptError
from mirror.ledger_schema import FIRST_WITH_COUNTS
from sqlite_file import reader, translated


class Group(NamedTuple):
    """Resting scenes of one cause that speak of the same thing."""

    code: str
    about: str
    scenes: int


class SceneRow(NamedTuple):
    """How one scene stands."""

    scene_id: int
    state: str
    code: str
    message: str
    changed: float
    about: str
    paths: list[str]
    detail: dict[str, Any]


class ItemRow(NamedTuple):
    """One item that a scene was the last to write."""

    rating_key: int
    section_uuid: str
    machine: str
    part: str
    confirmed: float | None


_SCENE = "SELECT scene_id, state, code, message, changed, about, paths, detail FROM scenes"
_EVENTS = "SELECT at, scene_id, kind, text FROM events"


class LedgerView:
    """One moment of a ledger that is there and can be read; see `viewing`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._ask = connection.execute

    def meta(self, key: str) -> str | None:
        """Return a note kept between runs."""
        row = self._ask("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else None

    def counts(self) -> dict[str, int]:
        """Return scenes by "state", or by "state/code" where there is a code."""
        rows = self._ask("SELECT state, code, count FROM state_counts")
        return {f"{state}/{code}" if code else state: count for state, code, count in rows}

    def groups(self, code: str, *, limit: int) -> list[Group]:
        """Return the greatest groups of resting scenes with one code that speaks of folders."""
        rows = self._ask(
            "SELECT code, about, count FROM trouble_counts WHERE code = ?"
            " ORDER BY count DESC, about LIMIT ?",
            (code, limit),
        )
        return [Group(*row) for row in rows]

    def count_of(self, code: str, about: str) -> int:
        """Return how many scenes one such group has."""
        row = self._ask(
            "SELECT count FROM trouble_counts WHERE code = ? AND about = ?", (code, about)
        ).fetchone()
        return int(row[0]) if row else 0

    def scenes_because(
        self, state: str, code: str, about: str | None, *, limit: int, offset: int
    ) -> list[SceneRow]:
        """Return one page of scenes; `about` None means whatever their code speaks of."""
        which, values = "state = ? AND code = ?", [state, code]
        if about is not None:
            which, values = f"{which} AND about = ?", [*values, about]
        rows = self._ask(
            f"{_SCENE} WHERE {which} ORDER BY about, scene_id LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return [_scene(row) for row in rows]

    def scene(self, scene_id: int) -> SceneRow | None:
        """Return how a scene stands, None if it was never synced."""
        row = self._ask(f"{_SCENE} WHERE scene_id = ?", (scene_id,)).fetchone()
        return _scene(row) if row else None

    def states_of(self, scene_ids: Iterable[int]) -> dict[int, str]:
        """Return the state of each scene that was synced."""
        ids = json.dumps(list(scene_ids))
        rows = self._ask(
            "SELECT scene_id, state FROM scenes WHERE scene_id IN (SELECT value FROM json_each(?))",
            (ids,),
        )
        return dict(rows.fetchall())

    def items_of(self, scene_id: int) -> list[ItemRow]:
        """Return the items that a scene was the last to write."""
        rows = self._ask(
            "SELECT rating_key, section_uuid, machine, part, confirmed FROM items"
            " WHERE scene_id = ? ORDER BY rating_key",
            (scene_id,),
        )
        return [ItemRow(*row) for row in rows]

    def is_ignored(self, scene_id: int) -> bool:
        """Tell whether a person left the scene out."""
        return bool(self._ask("SELECT 1 FROM ignored WHERE scene_id = ?", (scene_id,)).fetchone())

    def chosen(self, scene_id: int) -> int | None:
        """Return the rating key that a person chose for the scene."""
        row = self._ask("SELECT rating_key FROM choices WHERE scene_id = ?", (scene_id,)).fetchone()
        return int(row[0]) if row else None

    def events(self, *, limit: int) -> list[dict[str, object]]:
        """Return the newest events, newest first."""
        return [_event(row) for row in self._ask(f"{_EVENTS} ORDER BY id DESC LIMIT ?", (limit,))]

    def events_of(self, scene_id: int, *, limit: int) -> list[dict[str, object]]:
        """Return the newest events of one scene, newest first."""
        rows = self._ask(
            f"{_EVENTS} WHERE scene_id = ? ORDER BY id DESC LIMIT ?", (scene_id, limit)
        )
        return [_event(row) for row in rows]


@contextmanager
def viewing(path: Path) -> Iterator[LedgerView | None]:
    """One moment of a ledger; None when there is none, or its worker has not carried it on yet.

    Raises:
        DamagedError: It cannot be read; the worker will set it aside.
        NotKeptError: It is locked.
    """
    if not path.exists():
        yield None
        return
    with translated(path, "it is not read"), reader(path) as connection:
        connection.execute("BEGIN")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        yield LedgerView(connection) if version >= FIRST_WITH_COUNTS else None


def read_meta(path: Path, key: str) -> str | None:
    """A note of the ledger's; None also when the ledger cannot be read."""
    try:
        with viewing(path) as view:
            return view.meta(key) if view else None
    except (DamagedError, NotKeptError):
        return None


def _scene(row: tuple[Any, ...]) -> SceneRow:
    return SceneRow._make([*row[:6], json.loads(row[6]), json.loads(row[7])])


def _event(row: tuple[float, int, str, str]) -> dict[str, object]:
    return {"at": row[0], "scene_id": row[1], "kind": row[2], "text": row[3]}
