"""What a run would do: counted by kind of change and by reason for doing nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mirror.edit import TagEdit
from mirror.ledger import ItemId
from mirror.limits import told
from mirror.written import Written
from worker.decide import kind_of
from worker.plan import Target, Verdict
from worker.rows import rows_of
from worker.runs import added
from worker.undoing import ItemUndo

SCENES_SHOWN = 1000  # in the JSON, with every field; the counts are of all


class Preview:
    """Collects what would be done.

    Args:
        mode: "preview" or "preview_undo".
        written: What the ledger knows of an item; given where every field of it is to be shown.

    Attributes:
        counts: Scenes by the outcome they would have.
        fields: Items by field that would be written.
        reasons: Scenes that would rest, by why.
        total: Scenes looked at.
    """

    def __init__(
        self, mode: str, *, written: Callable[[ItemId], Written | None] | None = None
    ) -> None:
        self._mode = mode
        self._written = written
        self.counts: dict[str, int] = {}
        self.fields: dict[str, int] = {}
        self.reasons: dict[str, int] = {}
        self.total = 0
        self._scenes: list[dict[str, object]] = []

    def add(self, verdict: Verdict, *, title: str = "") -> None:
        """Count one scene, that is called so in Stash."""
        kind = kind_of(verdict)
        self._count(kind)
        if verdict.state and verdict.state.code:
            self.reasons = added(self.reasons, [verdict.state.code])
        targets = verdict.plan.targets if verdict.plan else []
        written = dict.fromkeys(name for one in targets for name in _fields(one))
        self.fields = added(self.fields, written)
        if kind != "unchanged" or self._written:
            items = [{**_shown(one), **self._rows(verdict, one)} for one in targets]
            self._show(verdict.job.scene_id, kind, verdict.text, items, title=title)

    def _rows(self, verdict: Verdict, target: Target) -> dict[str, object]:
        if self._written is None or verdict.plan is None:
            return {}
        written = self._written(target.id)
        return {"rows": rows_of(verdict.plan.desired, target.item, written, target.edit)}

    def add_undo(self, scene_id: int, items: Sequence[ItemUndo]) -> None:
        """Count one scene that would be undone."""
        self._count("undone")
        written = dict.fromkeys(
            name for one in items for name in (*one.edit.scalars, *one.edit.tags)
        )
        self.fields = added(self.fields, written)
        shown = [
            {
                "rating_key": one.item.rating_key,
                "title": one.item.scalars.get("title", ""),
                "kept": list(one.edit.kept),
                "pictures": [],
                "fields": _changes(
                    one.item.scalars, one.edit.scalars, one.item.tags, one.edit.tags
                ),
            }
            for one in items
        ]
        self._show(scene_id, "undone", "", shown)

    def add_failed(self, scene_id: int, text: str) -> None:
        """Count one scene of which nothing can be told, for this reason."""
        self._count("failed")
        self._show(scene_id, "failed", text, [])

    def result(self) -> dict[str, object]:
        """All of it as plain JSON."""
        return {
            "mode": self._mode,
            "total": self.total,
            "counts": self.counts,
            "fields": self.fields,
            "reasons": self.reasons,
            "scenes": self._scenes,
        }

    def lines(self) -> tuple[str, ...]:
        """The same as a small table for the log."""
        return (
            f"{_looked_at(self.total)}, nothing was written",
            *_table("would end as", self.counts),
            *_table("field that would be written", self.fields),
            *_table("reason to rest", self.reasons),
        )

    def _count(self, kind: str) -> None:
        self.total += 1
        self.counts = added(self.counts, [kind])

    def _show(
        self, scene_id: int, kind: str, text: str, items: Sequence[object], *, title: str = ""
    ) -> None:
        if len(self._scenes) < SCENES_SHOWN:
            shown = {"scene_id": scene_id, "title": title, "kind": kind, "text": text}
            self._scenes.append({**shown, "items": list(items)})


def _looked_at(scenes: int) -> str:
    return "1 scene was looked at" if scenes == 1 else f"{scenes:,} scenes were looked at"


def _fields(target: Target) -> tuple[str, ...]:
    cover = ("cover",) if target.pictures else ()
    return (*target.edit.scalars, *target.edit.tags, *cover)


def _shown(target: Target) -> dict[str, object]:
    item, edit = target.item, target.edit
    return {
        "rating_key": item.rating_key,
        "title": item.scalars.get("title", ""),
        "kept": list(edit.kept),
        "pictures": list(target.pictures),
        "fields": _changes(item.scalars, edit.scalars, item.tags, edit.tags),
    }


def _changes(
    scalars: Mapping[str, str],
    new_scalars: Mapping[str, str],
    tags: Mapping[str, Sequence[object]],
    new_tags: Mapping[str, TagEdit],
) -> dict[str, object]:
    """By field: what Plex shows, and what it would show."""
    changes: dict[str, object] = {
        name: {"plex": scalars.get(name, ""), "will_be": value}
        for name, value in new_scalars.items()
    }
    for name, change in new_tags.items():
        standing = told(tuple(tags.get(name, ())))  # type: ignore[arg-type]
        changes[name] = {"plex": standing, "will_be": told(change.final)}
    return changes


def _table(title: str, counts: Mapping[str, int]) -> tuple[str, ...]:
    if not counts:
        return ()
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    return (f"{title}:", *(f"  {count:>8}  {name.replace('_', ' ')}" for name, count in rows))
