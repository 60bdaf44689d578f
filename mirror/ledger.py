"""The ledger: what PlexSync wrote to which item, what stood there before, and how scenes stand.

A batch records what it is about to write before its first PUT and confirms it after the last.
A process that dies in between leaves writes that may have reached Plex or not: what they asked
for counts as ours from then on, and what stood there before was read before them. So our own
values are never taken for a person's, and undo never gives them back.

A row belongs to an item, not to a scene. A scene that Stash made anew for the same file, under
another id, finds what its forerunner wrote, or that would stay in Plex for ever.

The worker is the only owner; other processes call `read_scene_counts`. Times are Unix seconds.
Callers pass `now`; this module never reads the clock.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from errors import DamagedError
from mirror import records
from mirror.ledger_file import (
    Origin,
    copy_ledger,
    count_scenes,
    open_ledger,
    read_scene_counts,
)
from mirror.records import Confirmation, Intent, ItemId, Kind, SceneState
from mirror.written import Asked, Standing, Written
from sqlite_file import set_aside, translated

__all__ = [
    "Confirmation",
    "Intent",
    "ItemId",
    "Ledger",
    "Origin",
    "SceneState",
    "read_scene_counts",
]

_CHUNK = 500  # ids in one query; SQLite may allow no more than 999 variables
_COLUMNS = (
    "scene_id, state, code, message, fingerprint, cover, cover_etag, cover_sha1, updated_at, "
    "changed, paths"
)
_SAME_ITEM = "rating_key = ? AND part = ? AND section_uuid = ? AND machine = ?"
_PUT_SCENE = """
INSERT INTO scenes (
    scene_id, state, code, message, fingerprint, cover, cover_etag, cover_sha1, updated_at,
    changed, paths
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (scene_id) DO UPDATE SET
    changed = CASE WHEN state = excluded.state AND code = excluded.code
              THEN changed ELSE excluded.changed END,
    state = excluded.state, code = excluded.code, message = excluded.message,
    fingerprint = excluded.fingerprint, cover = excluded.cover,
    cover_etag = excluded.cover_etag, cover_sha1 = excluded.cover_sha1,
    updated_at = excluded.updated_at, paths = excluded.paths
"""
_BEGIN_ITEM = """
INSERT INTO items (rating_key, part, section_uuid, machine, scene_id, unsure, before, begun)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (rating_key, part, section_uuid, machine) DO UPDATE SET
    scene_id = excluded.scene_id, unsure = excluded.unsure, before = excluded.before,
    begun = excluded.begun
"""
_CONFIRM_ITEM = """
INSERT INTO items (rating_key, part, section_uuid, machine, scene_id, asked, before, confirmed)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (rating_key, part, section_uuid, machine) DO UPDATE SET
    scene_id = excluded.scene_id, asked = excluded.asked, unsure = '[]', before = excluded.before,
    confirmed = excluded.confirmed
"""
_SceneRow = tuple[
    int, records.State, str, str, str, str, str, str, str, float, str
]  # in the order of _COLUMNS


class Ledger:
    """The open ledger of one data folder.

    Every call raises `NotKeptError` when the disk is full or the file is locked: nothing has
    changed then; and `DamagedError` when the file cannot be read.

    Args:
        path: The file; made if it is not there.
        wal: Whether its folder can hold a write-ahead log, see `sqlite_file.wal_works`.

    Attributes:
        origin: Where what it holds comes from; anything but `Origin.FILE` asks for a comparison.
    """

    def __init__(self, path: Path, *, wal: bool = True) -> None:
        self._path = path
        self._connection, self.origin = open_ledger(path, wal=wal)

    def close(self) -> None:
        """Give the file free."""
        self._connection.close()

    def copy(self) -> None:
        """Copy the ledger, so that it can come back after damage; the earlier copy goes."""
        copy_ledger(self._connection, self._path)

    def written(self, item: ItemId) -> Written | None:
        """Return what is known of this very item, whichever scene wrote it; None if nothing."""
        rows = self._execute(
            f"SELECT asked, unsure, before FROM items WHERE {_SAME_ITEM}",  # noqa: S608
            _key(item),
        )
        return records.read_written(*rows[0]) if rows else None

    def begin(self, intents: Iterable[Intent], *, now: float) -> None:
        """Record what a batch is about to write; all or nothing, before its first PUT.

        Until it is confirmed nobody knows what the item shows, so the scene's fingerprint goes: an
        edit that is taken back in Stash meanwhile would else look like one that stands.
        """
        with self._transaction():
            for intent in intents:
                self._unsettle(intent)
                known = self.written(intent.item) or Written()
                meant = intent.written
                asked = Asked(scalars=meant.asked_scalars, tags=meant.asked_tags)
                # The same write tried again and again after crashes is one possibility.
                unsure = (*(one for one in known.unsure if one != asked), asked)
                before = _first_standings(known, meant)
                self._execute(
                    _BEGIN_ITEM,
                    (
                        *_key(intent.item),
                        intent.scene_id,
                        records.unsure_json(unsure),
                        records.before_json(before),
                        now,
                    ),
                )

    def _unsettle(self, intent: Intent) -> None:
        forgotten = "fingerprint = ''"
        if intent.with_cover:
            forgotten += ", cover = '', cover_etag = '', cover_sha1 = ''"
        self._execute(
            f"UPDATE scenes SET {forgotten} WHERE scene_id = ?",  # noqa: S608 - our own constants
            (intent.scene_id,),
        )

    def confirm(self, done: Iterable[Confirmation], *, now: float) -> None:
        """Record what a batch has done; all or nothing, before its jobs are acknowledged."""
        with self._transaction():
            for one in done:
                for item, written in one.items.items():
                    self._confirm_item(one.state.scene_id, item, written, now)
                self._put_scene(one.state, now)

    def items_of(self, scene_id: int) -> list[ItemId]:
        """Return the items that this scene was the last to write."""
        rows = self._execute(
            "SELECT machine, section_uuid, rating_key, part FROM items WHERE scene_id = ?"
            " ORDER BY machine, section_uuid, rating_key, part",
            (scene_id,),
        )
        return [
            ItemId(machine=machine, section_uuid=uuid, rating_key=key, part=part)
            for machine, uuid, key, part in rows
        ]

    def forget_item(self, item: ItemId) -> None:
        """Drop what is known of an item: it was undone, or Plex has it no more."""
        self._execute(f"DELETE FROM items WHERE {_SAME_ITEM}", _key(item))  # noqa: S608

    def scene(self, scene_id: int) -> SceneState | None:
        """Return how a scene stands, None if it was never synced."""
        return self.scenes([scene_id]).get(scene_id)

    def scenes(self, ids: Iterable[int]) -> dict[int, SceneState]:
        """Return how scenes stand; those never synced are left out."""
        wanted = list(ids)
        found: dict[int, SceneState] = {}
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            marks = ",".join("?" * len(chunk))
            found.update(
                (state.scene_id, state)
                for state in self._read_scenes(f"WHERE scene_id IN ({marks})", chunk)
            )
        return found

    def set_scenes(self, states: Iterable[SceneState], *, now: float) -> None:
        """Record how scenes stand where no item was written; all or nothing."""
        with self._transaction():
            for state in states:
                self._put_scene(state, now)

    def resting(self) -> list[SceneState]:
        """Return the scenes that wait for Plex to change, by id."""
        return self._read_scenes("WHERE state = 'resting' ORDER BY scene_id")

    def wake_all_resting(self) -> list[int]:
        """Clear the fingerprints of resting scenes, so that they are looked at; their ids."""
        with self._transaction():
            rows = self._execute(
                "SELECT scene_id FROM scenes WHERE state = 'resting' ORDER BY scene_id"
            )
            self._execute("UPDATE scenes SET fingerprint = '' WHERE state = 'resting'")
        return [scene_id for (scene_id,) in rows]

    def forget_scene(self, scene_id: int) -> None:
        """Drop all that is known of a scene and of the items that it was the last to write."""
        with self._transaction():
            for table in ("items", "scenes", "links"):
                self._execute(
                    f"DELETE FROM {table} WHERE scene_id = ?",  # noqa: S608
                    (scene_id,),
                )

    def scenes_holding(self, kind: Kind, object_id: int) -> list[int]:
        """Return the scenes that held a Stash object when last synced, though it may be gone."""
        rows = self._execute(
            "SELECT scene_id FROM links WHERE kind = ? AND object_id = ? ORDER BY scene_id",
            (kind, object_id),
        )
        return [scene_id for (scene_id,) in rows]

    def get_meta(self, key: str) -> str | None:
        """Return a note kept between runs."""
        rows = self._execute("SELECT value FROM meta WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def set_meta(self, key: str, value: str) -> None:
        """Keep a note between runs."""
        self._execute(
            "INSERT INTO meta (key, value) VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )

    def counts(self) -> dict[str, int]:
        """Return scenes by "state", or by "state/code" where there is a code."""
        return count_scenes(self._connection)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
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

    @contextlib.contextmanager
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

    def _execute(self, statement: str, values: Iterable[object] = ()) -> list[Any]:
        """Run one statement; all of its rows, so that no error comes later."""
        with self._guarded():
            return self._connection.execute(statement, tuple(values)).fetchall()

    def _confirm_item(self, scene_id: int, item: ItemId, written: Written, now: float) -> None:
        known = self.written(item) or Written()
        asked = Asked(scalars=written.asked_scalars, tags=written.asked_tags)
        before = _first_standings(known, written)
        self._execute(
            _CONFIRM_ITEM,
            (
                *_key(item),
                scene_id,
                records.asked_json(asked),
                records.before_json(before),
                now,
            ),
        )

    def _put_scene(self, state: SceneState, now: float) -> None:
        self._execute(
            _PUT_SCENE,
            (
                state.scene_id,
                state.state,
                state.code,
                state.message,
                state.fingerprint,
                state.cover,
                state.cover_etag,
                state.cover_sha1,
                state.updated_at,
                now,
                records.to_json(state.paths),
            ),
        )
        if state.links is not None:
            self._put_links(state.scene_id, state.links)

    def _put_links(self, scene_id: int, links: frozenset[records.Link]) -> None:
        """Write only what differs: most syncs leave a scene's performers and tags alone."""
        rows = self._execute("SELECT kind, object_id FROM links WHERE scene_id = ?", (scene_id,))
        held = frozenset(rows)
        self._connection.executemany(
            "DELETE FROM links WHERE kind = ? AND object_id = ? AND scene_id = ?",
            [(*link, scene_id) for link in held - links],
        )
        self._connection.executemany(
            "INSERT INTO links (kind, object_id, scene_id) VALUES (?, ?, ?)",
            [(*link, scene_id) for link in links - held],
        )

    def _read_scenes(self, where: str, values: Iterable[int] = ()) -> list[SceneState]:
        rows = self._execute(
            f"SELECT {_COLUMNS} FROM scenes {where}",  # noqa: S608 - constants and marks only
            tuple(values),
        )
        return [_scene_state(row) for row in rows]


def _key(item: ItemId) -> tuple[int, str, str, str]:
    return (item.rating_key, item.part, item.section_uuid, item.machine)


def _first_standings(known: Written, now_known: Written) -> dict[str, Standing]:
    """What was seen first counts: later the item shows values of ours."""
    return {**now_known.before, **known.before}


def _scene_state(row: _SceneRow) -> SceneState:
    return SceneState(
        scene_id=row[0],
        state=row[1],
        code=row[2],
        message=row[3],
        fingerprint=row[4],
        cover=row[5],
        cover_etag=row[6],
        cover_sha1=row[7],
        updated_at=row[8],
        changed=row[9],
        paths=records.read_paths(row[10]),
    )
