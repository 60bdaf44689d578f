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

from collections.abc import Iterable
from pathlib import Path

from mirror import records
from mirror.choices import Choices
from mirror.journal import Journal, item_key
from mirror.known_items import KnownItems, read_items
from mirror.ledger_file import LedgerFile, Origin, read_scene_counts
from mirror.records import Confirmation, Event, Intent, ItemId, Kind, SceneState
from mirror.scene_rows import SceneRows
from mirror.seen import Seen
from mirror.wishes import Wishes
from mirror.written import Asked, Standing, Written

__all__ = [
    "Confirmation",
    "Intent",
    "ItemId",
    "Ledger",
    "Origin",
    "SceneState",
    "read_scene_counts",
]

_SAME_ITEM = "rating_key = ? AND part = ? AND section_uuid = ? AND machine = ?"
_BEGIN_ITEM = """
INSERT INTO items
    (rating_key, part, section_uuid, machine, scene_id, unsure, before, removed, begun)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (rating_key, part, section_uuid, machine) DO UPDATE SET
    scene_id = excluded.scene_id, unsure = excluded.unsure, before = excluded.before,
    removed = excluded.removed, begun = excluded.begun
"""
_CONFIRM_ITEM = """
INSERT INTO items
    (rating_key, part, section_uuid, machine, scene_id, asked, before, removed, confirmed)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (rating_key, part, section_uuid, machine) DO UPDATE SET
    scene_id = excluded.scene_id, asked = excluded.asked, unsure = '[]', before = excluded.before,
    removed = excluded.removed, confirmed = excluded.confirmed
"""


class Ledger:
    """The open ledger of one data folder.

    Every call raises `NotKeptError` when the disk is full or the file is locked: nothing has
    changed then; and `DamagedError` when the file cannot be read.

    Args:
        path: The file; made if it is not there.
        wal: Whether its folder can hold a write-ahead log, see `sqlite_file.wal_works`.

    Attributes:
        origin: Where what it holds comes from; anything but `Origin.FILE` asks for a comparison.
        journal: Events, and what runs wrote.
        wishes: What is to be undone.
        choices: Which scenes are left out, and items that a person chose.
        seen: Changes in Stash that were dealt with.
    """

    def __init__(self, path: Path, *, wal: bool = True) -> None:
        self._file = LedgerFile(path, wal=wal)
        self._scenes = SceneRows(self._file)
        self.origin = self._file.origin
        self.journal = Journal(self._file)
        self.wishes = Wishes(self._file)
        self.choices = Choices(self._file)
        self.seen = Seen(self._file)

    def close(self) -> None:
        """Give the file free."""
        self._file.close()

    def copy(self) -> None:
        """Copy the ledger, so that it can come back after damage; the earlier copy goes."""
        self._file.copy()

    def known_items(self, machine: str, rating_keys: Iterable[int]) -> KnownItems:
        """Return what is known under some rating keys of a server, read at once."""
        return read_items(self._file, machine, rating_keys)

    def written(self, item: ItemId) -> Written | None:
        """Return what is known of this very item, whichever scene wrote it; None if nothing."""
        return self.known_items(item.machine, [item.rating_key]).written(item)

    def writers_of_part(self, machine: str, part: str) -> list[tuple[int, int]]:
        """Return scene and rating key of the items of a server known to hold a file."""
        rows = self._file.execute(
            "SELECT scene_id, rating_key FROM items WHERE part = ? AND machine = ?",
            (part, machine),
        )
        return [(int(scene), int(key)) for scene, key in rows]

    def is_empty(self) -> bool:
        """Whether no item was ever written."""
        return not self._file.execute("SELECT 1 FROM items LIMIT 1")

    def gone_since(self, at: float) -> tuple[int, int]:
        """Return how many scenes are gone since a moment in Unix seconds, and of how many."""
        [(gone, known)] = self._file.execute(
            "SELECT sum(state = 'gone' AND changed >= ?), count(*) FROM scenes", (at,)
        )
        return int(gone or 0), int(known)

    def begin(self, intents: Iterable[Intent], *, now: float) -> None:
        """Record what a batch is about to write; all or nothing, before its first PUT.

        Until it is confirmed nobody knows what the item shows, so the scene's fingerprint goes: an
        edit that is taken back in Stash meanwhile would else look like one that stands.
        """
        meant_now = list(intents)
        with self._file.transaction():
            rows = self._rows_of(intent.item for intent in meant_now)
            for intent in meant_now:
                self._unsettle(intent)
                known = rows.pop(intent.item, None) or self.written(intent.item) or Written()
                meant = intent.written
                asked = Asked(scalars=meant.asked_scalars, tags=meant.asked_tags)
                # The same write tried again and again after crashes is one possibility.
                unsure = (*(one for one in known.unsure if one != asked), asked)
                before = _first_standings(known, meant)
                removed = _all_removed(known, meant)
                self.journal.note_write(intent)
                self._file.execute(
                    _BEGIN_ITEM,
                    (
                        *item_key(intent.item),
                        intent.scene_id,
                        records.unsure_json(unsure),
                        records.before_json(before),
                        records.to_json(removed),
                        now,
                    ),
                )

    def _unsettle(self, intent: Intent) -> None:
        forgotten = "fingerprint = '', source = 0"
        if intent.with_cover:
            forgotten += ", cover = '', cover_etag = '', cover_sha1 = ''"
        self._file.execute(
            f"UPDATE scenes SET {forgotten} WHERE scene_id = ?",  # noqa: S608 - our own constants
            (intent.scene_id,),
        )

    def confirm(
        self, done: Iterable[Confirmation], *, now: float, events: Iterable[Event] = ()
    ) -> None:
        """Record what a batch has done; all or nothing, before its jobs are acknowledged."""
        all_done = list(done)
        with self._file.transaction():
            rows = self._rows_of(item for one in all_done for item in one.items)
            for one in all_done:
                for item, written in one.items.items():
                    known = rows.pop(item, None) or self.written(item) or Written()
                    if written is None or one.is_undo:
                        self.forget_item(item)
                        known = Written()
                    if written is not None:
                        self._confirm_item(one.state.scene_id, item, written, known, now)
                self._scenes.put(one.state, now)
                if one.is_undo:
                    self.wishes.forget(one.state.scene_id)
            self.journal.note(events)

    def items_of(self, scene_id: int) -> list[ItemId]:
        """Return the items that this scene was the last to write."""
        rows = self._file.execute(
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
        self._file.execute(f"DELETE FROM items WHERE {_SAME_ITEM}", item_key(item))  # noqa: S608

    def scene(self, scene_id: int) -> SceneState | None:
        """Return how a scene stands, None if it was never synced."""
        return self.scenes([scene_id]).get(scene_id)

    def scenes(self, ids: Iterable[int]) -> dict[int, SceneState]:
        """Return how scenes stand; those never synced are left out."""
        return self._scenes.of(ids)

    def set_scenes(
        self, states: Iterable[SceneState], *, now: float, events: Iterable[Event] = ()
    ) -> None:
        """Record how scenes stand where no item was written; all or nothing."""
        with self._file.transaction():
            for state in states:
                self._scenes.put(state, now)
            self.journal.note(events)

    def resting_because(self, *codes: str) -> list[SceneState]:
        """Return the scenes that rest for one of some reasons, by id."""
        return self._scenes.in_state("resting", *codes)

    def gone_because(self, *codes: str) -> list[SceneState]:
        """Return the scenes that are gone from Stash for one of some reasons, by id."""
        return self._scenes.in_state("gone", *codes)

    def all_resting(self) -> list[int]:
        """Return the scenes that wait for Plex, or for a mapping, to change; undone ones do not."""
        rows = self._file.execute(
            "SELECT scene_id FROM scenes WHERE state = 'resting' AND code != 'undone'"
            " ORDER BY scene_id"
        )
        return [scene_id for (scene_id,) in rows]

    def sources_between(self, after: int, last: int) -> dict[int, int]:
        """Return the scenes that Stash had when they were last looked at, in a range of ids.

        Args:
            after: The id before the first.
            last: The last one that belongs to the range.

        Returns:
            Each with the source of its last sync; 0 for those that are not in step.
        """
        return self._scenes.sources_between(after, last)

    def all_written(self) -> list[int]:
        """Return every scene that wrote an item last, by id."""
        rows = self._file.execute("SELECT DISTINCT scene_id FROM items ORDER BY scene_id")
        return [scene_id for (scene_id,) in rows]

    def forget_scene(self, scene_id: int) -> None:
        """Drop all that is known of a scene and of the items that it was the last to write."""
        with self._file.transaction():
            for table in ("items", "scenes", "links", "choices", "ignored"):
                self._file.execute(
                    f"DELETE FROM {table} WHERE scene_id = ?",  # noqa: S608
                    (scene_id,),
                )

    def scenes_holding(self, kind: Kind, object_id: int) -> list[int]:
        """Return the scenes that held a Stash object when last synced, though it may be gone."""
        return self._scenes.holding(kind, object_id)

    def get_meta(self, key: str) -> str | None:
        """Return a note kept between runs."""
        rows = self._file.execute("SELECT value FROM meta WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def set_meta(self, key: str, value: str) -> None:
        """Keep a note between runs."""
        self._file.execute(
            "INSERT INTO meta (key, value) VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )

    def counts(self) -> dict[str, int]:
        """Return scenes by "state", or by "state/code" where there is a code."""
        return self._file.counts()

    def _rows_of(self, items: Iterable[ItemId]) -> dict[ItemId, Written]:
        """What is known of the items of a batch; who writes one takes it out, for it moves then."""
        asked = set(items)
        wanted: dict[str, set[int]] = {}
        for item in asked:
            wanted.setdefault(item.machine, set()).add(item.rating_key)
        found: dict[ItemId, Written] = {}
        for machine, keys in wanted.items():
            known = self.known_items(machine, keys)
            there = known.rows.keys() & asked  # what else a key stands for concerns nobody here
            found.update((item, known.written(item) or Written()) for item in there)
        return found

    def _confirm_item(
        self, scene_id: int, item: ItemId, written: Written, known: Written, now: float
    ) -> None:
        asked = Asked(scalars=written.asked_scalars, tags=written.asked_tags)
        before = _first_standings(known, written)
        self._file.execute(
            _CONFIRM_ITEM,
            (
                *item_key(item),
                scene_id,
                records.asked_json(asked),
                records.before_json(before),
                records.to_json(written.removed),
                now,
            ),
        )


def _first_standings(known: Written, now_known: Written) -> dict[str, Standing]:
    """What was seen first counts: later the item shows values of ours."""
    return {**now_known.before, **known.before}


def _all_removed(known: Written, meant: Written) -> dict[str, tuple[str, ...]]:
    """What either says: until the write is confirmed nobody knows which of them is true."""
    names = {**known.removed, **meant.removed}
    return {
        name: tuple(dict.fromkeys((*known.removed.get(name, ()), *meant.removed.get(name, ()))))
        for name in names
    }
