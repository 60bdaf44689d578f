"""Scenes that a person left out, and items that a person chose, where a batch is decided.

A choice counts as long as that item holds one of the scene's files, and that is looked at on every
use: an item's number is given to another one when a library is built anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from errors import ItemGoneError, SceneError
from mirror.choices import Choice
from mirror.ledger import Ledger, SceneState
from mirror.records import Event
from plex.finder import Found
from plex.item import Item
from plex.paths import comparable
from plex.server import Server
from stash.scene import Scene
from sync_queue.jobs import Job
from worker.plan import Plan, Verdict

IGNORED = "ignored"


class Chosen:
    """What was decided about the scenes of one batch; writes nothing.

    Args:
        ledger: Keeps it.
        server: Reads an item that was chosen and not found.
        now: Unix seconds.

    Attributes:
        lost: An event for each choice that does not hold any more; the choice is to be dropped.
    """

    def __init__(self, ledger: Ledger, server: Server, *, now: float) -> None:
        self._ledger = ledger
        self._server = server
        self._now = now
        self._ignored: frozenset[int] = frozenset()
        self._items: Mapping[int, Choice] = {}
        self.lost: list[Event] = []

    def look(self, scene_ids: Iterable[int]) -> None:
        """Read what was decided about some scenes."""
        ids = list(scene_ids)
        self._ignored = self._ledger.choices.ignored_among(ids)
        self._items = self._ledger.choices.of(ids)

    def left_out(self, job: Job, scene: Scene, known: SceneState | None) -> Verdict | None:
        """The verdict on a scene that a person left out; None for any other."""
        if scene.id not in self._ignored:
            return None
        text = "somebody chose that it is not synced; what Plex shows stays"
        state = SceneState(
            scene_id=scene.id,
            state="skipped",
            code=IGNORED,
            message=text,
            updated_at=scene.updated_at,
        )
        is_said = known is not None and known.code == IGNORED
        return Verdict(job=job, kind=IGNORED, text=text, state=None if is_said else state)

    def apply(self, plans: Iterable[Plan], found: Mapping[int, Found]) -> dict[int, Found]:
        """What was found, narrowed to the chosen items.

        Raises:
            WaitError: Plex cannot be asked.
        """
        narrowed = dict(found)
        for plan in plans:
            choice = self._items.get(plan.scene.id)
            if choice is not None:
                narrowed[plan.scene.id] = self._narrowed(plan, choice, found[plan.scene.id])
        return narrowed

    def _narrowed(self, plan: Plan, choice: Choice, found: Found) -> Found:
        if choice.machine not in {"", self._server.machine}:
            return self._lose(plan, choice, found, "Plex is another server than then")
        for item in (*found.items, *found.candidates):
            if item.rating_key == choice.rating_key and _holds(item, plan):
                return Found(items=(item,), sections=found.sections)
        if found.error:
            return found
        try:
            item = self._server.client.items([choice.rating_key])[choice.rating_key]
        except (ItemGoneError, KeyError):
            return self._lose(plan, choice, found, "Plex does not have it any more")
        except SceneError as error:
            return Found(sections=found.sections, error=error)
        section = next((one for one in found.sections if item.section_key in {0, one.key}), None)
        if section is None or not _holds(item, plan):
            return self._lose(plan, choice, found, "it holds no file of the scene any more")
        uuid = item.section_uuid or section.uuid
        item = replace(item, section_key=section.key, section_uuid=uuid)
        return Found(items=(item,), sections=found.sections)

    def _lose(self, plan: Plan, choice: Choice, found: Found, why: str) -> Found:
        text = f"item {choice.rating_key} was chosen and is forgotten: {why}"
        self.lost.append(Event(at=self._now, scene_id=plan.scene.id, kind="choice_lost", text=text))
        return found


def _holds(item: Item, plan: Plan) -> bool:
    mine = {comparable(path) for path in plan.paths}
    return any(comparable(path) in mine for path in item.files)
