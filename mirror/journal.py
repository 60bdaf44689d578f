"""What a person may want to look back at: events, and what each of the last runs wrote.

Both are parts of the ledger's file. Events are said once and pruned; what a run wrote is kept for
the last ten runs, so that a run can be undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from errors import DamagedError, NotKeptError
from mirror import records
from mirror.ledger_file import LedgerFile
from mirror.records import Event, Intent, ItemId
from mirror.written import Asked, Standing
from sqlite_file import reader, translated

EVENTS_KEPT = 1000
RUNS_KEPT = 10
_PUT_RUN_WRITE = """
INSERT INTO run_writes
    (run, rating_key, part, section_uuid, machine, scene_id, before, wrote, removed)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run, rating_key, part, section_uuid, machine) DO UPDATE SET
    before = excluded.before, wrote = excluded.wrote, removed = excluded.removed
"""
_SAME_WRITE = "run = ? AND rating_key = ? AND part = ? AND section_uuid = ? AND machine = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunWrite:
    """What one run wrote to one item.

    Attributes:
        before: What stood in each field that it wrote, before it.
        wrote: What it asked for.
        removed: What it took out of lists.
    """

    item: ItemId
    scene_id: int
    before: dict[str, Standing]
    wrote: Asked
    removed: dict[str, tuple[str, ...]]


class Journal:
    """Events and the writes of runs.

    Args:
        file: The ledger's; transactions are its caller's.
    """

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    def note(self, events: Iterable[Event]) -> None:
        """Add events; the oldest go when there are too many."""
        rows = [(one.at, one.scene_id, one.kind, one.text) for one in events]
        if not rows:
            return
        self._file.execute_many(
            "INSERT INTO events (at, scene_id, kind, text) VALUES (?, ?, ?, ?)", rows
        )
        self._file.execute(
            "DELETE FROM events WHERE id <= (SELECT max(id) FROM events) - ?", (EVENTS_KEPT,)
        )

    def events(self, *, limit: int = 50) -> list[Event]:
        """Return the newest events, newest first."""
        return [_event(row) for row in self._file.execute(_NEWEST, (limit,))]

    def note_write(self, intent: Intent) -> None:
        """Record what a run is about to write to one item; nothing for a write of no run.

        A second write of the same run to the same item adds to the first: what stood there before
        the run stays what it was.
        """
        if not intent.run or not intent.stood:
            return
        known = self._write_of(intent.run, intent.item)
        before, removed = dict(intent.stood), dict(intent.removed)
        wrote = intent.wrote
        if known:
            before = {**before, **known.before}
            wrote = Asked(
                scalars={**known.wrote.scalars, **wrote.scalars},
                tags={**known.wrote.tags, **wrote.tags},
            )
            removed = {
                name: (*known.removed.get(name, ()), *removed.get(name, ()))
                for name in {**known.removed, **removed}
            }
        self._file.execute(
            _PUT_RUN_WRITE,
            (
                intent.run,
                *item_key(intent.item),
                intent.scene_id,
                records.before_json(before),
                records.asked_json(wrote),
                records.to_json(removed),
            ),
        )

    def scenes_of(self, run: str) -> list[int]:
        """Return the scenes that a run wrote, by id."""
        rows = self._file.execute(
            "SELECT DISTINCT scene_id FROM run_writes WHERE run = ? ORDER BY scene_id", (run,)
        )
        return [scene_id for (scene_id,) in rows]

    def writes_of(self, run: str, scene_id: int) -> list[RunWrite]:
        """Return what a run wrote for one scene."""
        rows = self._file.execute(
            f"{_RUN_WRITES} WHERE run = ? AND scene_id = ?",
            (run, scene_id),
        )
        return [_run_write(row) for row in rows]

    def forget_write(self, run: str, item: ItemId) -> None:
        """Drop what a run wrote to an item: it was undone."""
        self._file.execute(
            f"DELETE FROM run_writes WHERE {_SAME_WRITE}",  # noqa: S608 - a constant
            (run, *item_key(item)),
        )

    def keep_runs(self, runs: Sequence[str]) -> None:
        """Drop what other runs wrote."""
        marks = ",".join("?" * len(runs))
        self._file.execute(f"DELETE FROM run_writes WHERE run NOT IN ({marks})", runs)  # noqa: S608

    def _write_of(self, run: str, item: ItemId) -> RunWrite | None:
        rows = self._file.execute(f"{_RUN_WRITES} WHERE {_SAME_WRITE}", (run, *item_key(item)))
        return _run_write(rows[0]) if rows else None


_NEWEST = "SELECT at, scene_id, kind, text FROM events ORDER BY id DESC LIMIT ?"
_RUN_WRITES = (
    "SELECT rating_key, part, section_uuid, machine, scene_id, before, wrote, removed"
    " FROM run_writes"
)


def item_key(item: ItemId) -> tuple[int, str, str, str]:
    """Return what names an item in a row, in the order of the tables' columns."""
    return (item.rating_key, item.part, item.section_uuid, item.machine)


def read_events(path: Path, *, limit: int = 50) -> list[Event]:
    """Return the newest events for other processes, newest first; writes nothing."""
    if not path.exists():
        return []
    try:
        with translated(path, "it is not read"), reader(path) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            rows = connection.execute(_NEWEST, (limit,)).fetchall() if version > 1 else []
            return [_event(row) for row in rows]
    except (DamagedError, NotKeptError):
        return []


def _event(row: tuple[float, int, str, str]) -> Event:
    return Event(at=row[0], scene_id=row[1], kind=row[2], text=row[3])


def _run_write(row: tuple[int, str, str, str, int, str, str, str]) -> RunWrite:
    return RunWrite(
        item=ItemId(rating_key=row[0], part=row[1], section_uuid=row[2], machine=row[3]),
        scene_id=row[4],
        before=records.read_before(row[5]),
        wrote=records.read_asked(row[6]),
        removed=records.read_removed(row[7]),
    )
