"""Carries out an undo: what stood in Plex before us comes back, what people changed since stays."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

from errors import SceneError
from mirror.filters import Filters, reason_to_skip
from mirror.journal import RunWrite
from mirror.ledger import Confirmation, ItemId, Ledger, SceneState
from mirror.undo import UndoEdit, plan_undo, plan_undo_of, written_after_undo
from mirror.wishes import EVERYTHING
from mirror.written import Written
from plex.client import IDS_PER_READ
from plex.edits import ListChange
from plex.item import Item
from plex.server import Server
from stash.scene import Scene
from worker.plan import PICTURE_KINDS

log = logging.getLogger("PlexSync.worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What an undo of one scene came to."""

    confirmation: Confirmation
    fields: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemUndo:
    """One item and what would give it back."""

    id: ItemId
    item: Item
    written: Written
    edit: UndoEdit
    write: RunWrite | None  # where one run alone is undone


class Undoing:
    """Undoes scenes on one server.

    Args:
        server: The connected Plex server.
        ledger: What was written, and what stood there before.
        filters: A scene that they leave out rests as filtered afterwards, not as undone.
    """

    def __init__(self, server: Server, ledger: Ledger, filters: Filters) -> None:
        self._server = server
        self._ledger = ledger
        self._filters = filters
        self._items: dict[int, Item] = {}

    def read(self, wishes: Mapping[int, str]) -> None:
        """Read the items of some scenes at once, before any of them is planned or undone.

        Args:
            wishes: By scene, the run whose writes alone are undone; `EVERYTHING` for all of them.

        Raises:
            WaitError: Plex cannot be asked.
        """
        ids = [one for scene_id, run in wishes.items() for one in self._ids(scene_id, run)]
        keys = list(dict.fromkeys(one.rating_key for one in ids))
        for start in range(0, len(keys), IDS_PER_READ):
            self._items.update(self._server.client.items(keys[start : start + IDS_PER_READ]))

    def plan(self, scene_id: int, run: str = EVERYTHING) -> list[ItemUndo]:
        """What an undo would write, an entry for each item that was read; writes nothing.

        Args:
            scene_id: Whose items.
            run: The run whose writes alone are undone; `EVERYTHING` for all of them.
        """
        writes = {one.item: one for one in self._ledger.journal.writes_of(run, scene_id)}
        planned = []
        for item_id in self._ids(scene_id, run):
            item = self._items.get(item_id.rating_key)
            written = self._ledger.written(item_id)
            if item is None or written is None or item_id.part not in item.files:
                continue  # what is not there any more needs no undo
            if item.section_uuid not in {"", item_id.section_uuid}:
                continue
            write = writes[item_id] if run else None
            planned.append(
                ItemUndo(
                    id=item_id,
                    item=item,
                    written=written,
                    edit=_edit(item, written, write),
                    write=write,
                )
            )
        return planned

    def undo(self, scene_id: int, scene: Scene | None, run: str = EVERYTHING) -> Undone:
        """Undo one scene whose items were read; arguments as for `plan`.

        Raises:
            WaitError: Plex cannot be asked; nothing was recorded, so it is done again.
            SceneError: Plex refused an edit.
        """
        items: dict[ItemId, Written | None] = {}
        fields: dict[str, None] = {}
        kept: dict[str, None] = {}
        for one in self.plan(scene_id, run):
            self._write(one)
            before = one.write.before if one.write else None
            items[one.id] = written_after_undo(one.written, one.edit, before=before)
            if one.write:
                self._ledger.journal.forget_write(run, one.id)
            fields.update(dict.fromkeys([*one.edit.scalars, *one.edit.tags]))
            kept.update(dict.fromkeys(one.edit.kept))
        if not run:
            gone = [one for one in self._ledger.items_of(scene_id) if one not in items]
            items.update(dict.fromkeys(gone))
        text = f"given back: {', '.join(fields) or 'nothing had to be'}"
        if kept:
            text += f"; changed by somebody since and left: {', '.join(kept)}"
        confirmation = Confirmation(
            state=self._state(scene_id, scene, text), items=items, is_undo=True
        )
        log.info("scene %d was undone: %s", scene_id, text)
        return Undone(confirmation=confirmation, fields=tuple(fields), text=text)

    def _ids(self, scene_id: int, run: str) -> list[ItemId]:
        ids = self._ledger.items_of(scene_id)
        if run:
            ids = [one.item for one in self._ledger.journal.writes_of(run, scene_id)]
        return [one for one in ids if one.machine == self._server.machine]

    def _write(self, one: ItemUndo) -> None:
        chosen = self._give_pictures_back(one)
        edit = replace(one.edit, lock=one.edit.lock - chosen, unlock=one.edit.unlock - chosen)
        if not edit:
            return
        self._server.writer.write(
            one.item.rating_key,
            one.item.type,
            scalars=edit.scalars,
            lists={
                name: ListChange(final=change.final, remove=change.remove)
                for name, change in edit.tags.items()
            },
            lock=edit.lock,
            unlock=edit.unlock,
        )

    def _give_pictures_back(self, one: ItemUndo) -> frozenset[str]:
        """Select what was selected before us, where our picture is still the selected one.

        Returns:
            The fields whose picture somebody chose since; they keep their lock.
        """
        before = one.write.before if one.write else one.written.before
        chosen: set[str] = set()
        for address, field in PICTURE_KINDS.values():
            mark = one.written.asked_scalars.get(field, "")
            standing = before.get(field)
            if not mark or standing is None or not standing.value:
                continue
            try:
                shown = self._server.client.pictures(one.item.rating_key, address)
                selected = next((picture.key for picture in shown if picture.selected), "")
                if selected not in {"", standing.value} and not _is_ours(selected, mark):
                    chosen.add(field)
                elif standing.value != selected and any(p.key == standing.value for p in shown):
                    self._server.client.select_picture(one.item.rating_key, address, standing.value)
            except SceneError as error:
                log.warning("item %d: its picture stays: %s", one.item.rating_key, error)
        return frozenset(chosen)

    def _state(self, scene_id: int, scene: Scene | None, text: str) -> SceneState:
        if scene is None:
            return SceneState(scene_id=scene_id, state="gone", message=text)
        state = SceneState(
            scene_id=scene_id,
            state="resting",
            code="undone",
            message=f"{text}; it is synced again after its next edit in Stash",
            updated_at=scene.updated_at,
        )
        reason = reason_to_skip(scene, self._filters)
        return replace(state, state="skipped", code="filtered", message=reason) if reason else state


def _is_ours(selected: str, mark: str) -> bool:
    """Whether the selected picture is what we sent; a padded one has bytes of its own."""
    sha1, _, padded = mark.partition(" ")
    return selected.endswith(sha1) or bool(padded and selected.startswith("upload://"))


def _edit(item: Item, written: Written, write: RunWrite | None) -> UndoEdit:
    if write is None:
        return plan_undo(item, written)
    return plan_undo_of(
        item, written, before=write.before, wrote=write.wrote, removed=write.removed
    )
