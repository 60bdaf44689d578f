"""What the ledger knows of the items of a batch, read at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from mirror import records
from mirror.ledger_file import LedgerFile
from mirror.records import ItemId
from mirror.written import Written

_CHUNK = 500  # keys in one query; SQLite may allow no more than 999 variables


@dataclass(frozen=True, slots=True)
class _Row:
    scene_id: int
    columns: tuple[str | None, str, str, str]


@dataclass(frozen=True, slots=True)
class KnownItems:
    """The rows of some rating keys of one server."""

    rows: Mapping[ItemId, _Row] = field(default_factory=dict)
    parts: Mapping[tuple[int, str], set[str]] = field(default_factory=dict)  # by key and library

    def written(self, item: ItemId) -> Written | None:
        """What is known of this very item, whichever scene wrote it; None if nothing."""
        row = self.rows.get(item)
        if row is None:
            return None
        asked, unsure, before, removed = row.columns
        return records.read_written(asked, unsure, before, removed)

    def writer(self, item: ItemId) -> int | None:
        """The scene that wrote this item last."""
        row = self.rows.get(item)
        return row.scene_id if row else None

    def writers(self) -> Iterator[tuple[ItemId, int]]:
        """Every item that is known, with the scene that wrote it last."""
        return ((item, row.scene_id) for item, row in self.rows.items())

    def part_known(self, item: ItemId, parts: Iterable[str]) -> str:
        """The part under which this item is known: its own, or another of its files.

        What was written for the one file of an item is ours also when another one's scene speaks
        for the item now.
        """
        known = self.parts.get((item.rating_key, item.section_uuid), set())
        return next((part for part in (item.part, *parts) if part in known), item.part)


def read_items(file: LedgerFile, machine: str, rating_keys: Iterable[int]) -> KnownItems:
    """Read what is known under some rating keys of a server."""
    wanted = list(dict.fromkeys(rating_keys))
    rows: dict[ItemId, _Row] = {}
    parts: dict[tuple[int, str], set[str]] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        marks = ",".join("?" * len(chunk))
        for key, part, uuid, scene_id, *columns in file.execute(
            "SELECT rating_key, part, section_uuid, scene_id, asked, unsure, before, removed"  # noqa: S608 - marks only
            f" FROM items WHERE rating_key IN ({marks}) AND machine = ?",
            (*chunk, machine),
        ):
            item = ItemId(machine=machine, section_uuid=uuid, rating_key=key, part=part)
            asked, unsure, before, removed = columns
            parts.setdefault((key, uuid), set()).add(part)
            rows[item] = _Row(int(scene_id), (asked, unsure, before, removed))
    return KnownItems(rows, parts)
