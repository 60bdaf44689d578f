"""Carries plans to Plex: one by one, or together where their whole edit is the same.

An edit that names nothing of a scene's own, such as a list of tags, may well be equal to others'.
It is held until the work at hand is decided, and equal ones then share one request.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial

from errors import PlexSyncError, WaitError
from mirror.ledger import ItemId
from plex.client import IDS_PER_EDIT
from plex.edits import FieldEdit, ListChange, field_edits
from plex.item import Tag
from plex.server import Server
from worker.crew import Crew
from worker.pictures import Pictures
from worker.plan import Plan, Target

# A scene's own: no other scene's edit has the same.
_OWN_FIELDS = frozenset({"title", "titleSort", "summary"})
_MOST_REMOVED = 50  # values; they share one request line


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What became of a plan in Plex.

    Attributes:
        sent: By item, the marks of the pictures that it shows now, by field.
        cut: Fields that Plex refused in full, with what was written instead.
        trouble: What kept the pictures from being shown; the text stands.
    """

    sent: Mapping[ItemId, Mapping[str, str]] = field(default_factory=dict)
    cut: Mapping[str, str] = field(default_factory=dict)
    trouble: PlexSyncError | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """A plan that was carried to Plex, or what kept it from being."""

    plan: Plan
    carried: Carried | None
    error: Exception | None


@dataclass(frozen=True, slots=True)
class _Alike:
    """What makes edits equal: they leave the same behind, whatever stood there before."""

    section_key: int
    item_type: str
    scalars: tuple[tuple[str, str], ...]
    lists: tuple[tuple[str, tuple[Tag, ...]], ...]
    lock: frozenset[str]


@dataclass(slots=True)
class _Group:
    """Plans with equal edits, and all that any of them takes out of lists.

    What is in no final list of theirs stands in none of the items that it shall stay in, so that
    taking it out of all of them is right for each.
    """

    plans: list[Plan] = field(default_factory=list)
    remove: dict[str, dict[str, None]] = field(default_factory=dict)

    def add(self, plan: Plan) -> None:
        self.plans.append(plan)
        for name, one in plan.targets[0].edit.tags.items():
            self.remove.setdefault(name, {}).update(dict.fromkeys(one.remove))

    @property
    def is_full(self) -> bool:
        removed = sum(map(len, self.remove.values()))
        return len(self.plans) >= IDS_PER_EDIT or removed >= _MOST_REMOVED


_Crew = Crew[tuple[Plan, ...], Mapping[int, Carried]]


class Deliveries:
    """What is on its way to one server.

    Args:
        server: The connected server.
        pictures: Shows covers.
        crew: Does the sending.
    """

    def __init__(self, server: Server, pictures: Pictures, crew: _Crew) -> None:
        self._server = server
        self._pictures = pictures
        self._crew = crew
        self._held: dict[_Alike, _Group] = {}

    @property
    def is_open(self) -> bool:
        """Whether anything is held or on its way."""
        return bool(self._held or self._crew.open)

    @property
    def on_the_way(self) -> int:
        """How many deliveries nobody has taken back."""
        return self._crew.open

    def put(self, plan: Plan, *, is_urgent: bool) -> None:
        """Have a plan carried out, now or together with others."""
        alike = None if is_urgent else _alike(plan)
        if alike is None:
            self._send_one(plan, is_urgent=is_urgent)
            return
        group = self._held.setdefault(alike, _Group())
        group.add(plan)
        if group.is_full:
            self._send(alike, self._held.pop(alike))

    def flush(self) -> None:
        """Send what was held."""
        held, self._held = self._held, {}
        for alike, group in held.items():
            self._send(alike, group)

    def finished(self, *, seconds: float = 0.0) -> list[Finished]:
        """What came back by now; waits for the first for `seconds`."""
        found: list[Finished] = []
        while done := self._crew.take(seconds=0.0 if found else seconds):
            answers = done.answer or {}
            is_refused = isinstance(done.error, PlexSyncError) and len(done.subject) > 1
            if is_refused and not isinstance(done.error, WaitError):
                for plan in done.subject:  # whose trouble it is only its own edit tells
                    self._send_one(plan, is_urgent=False)
                continue
            found += [
                Finished(plan, answers.get(plan.scene.id), done.error) for plan in done.subject
            ]
        return found

    def drop(self, scene_ids: Collection[int]) -> set[int]:
        """Forget what is held for some scenes; those of them for which anything was."""
        dropped: set[int] = set()
        for alike, group in list(self._held.items()):
            mine = {one.scene.id for one in group.plans} & set(scene_ids)
            group.plans = [one for one in group.plans if one.scene.id not in mine]
            dropped |= mine
            if not group.plans:
                del self._held[alike]
        return dropped

    def take_back(self) -> None:
        """Forget what was not sent yet; what is being sent still comes back."""
        self._held.clear()
        self._crew.take_back()

    def _send_one(self, plan: Plan, *, is_urgent: bool) -> None:
        self._crew.put((plan,), lambda: {plan.scene.id: self._carry(plan)}, is_urgent=is_urgent)

    def _send(self, alike: _Alike, group: _Group) -> None:
        if len(group.plans) == 1:
            self._send_one(group.plans[0], is_urgent=False)
        else:
            work = partial(self._carry_alike, alike, group)
            self._crew.put(tuple(group.plans), work, is_urgent=False)

    # In a thread of the crew

    def _carry(self, plan: Plan) -> Carried:
        sent: dict[ItemId, Mapping[str, str]] = {}
        cut: dict[str, str] = {}
        trouble = plan.cover.trouble
        for target in plan.targets:
            sent[target.id], failure = self._pictures.show(plan, target)
            trouble = trouble or failure
            fields = _fields(target, locks=sent[target.id])
            if fields:
                key, kind = target.item.rating_key, target.item.type
                cut.update(self._server.writer.write_fields(key, kind, fields).cut)
        return Carried(sent=sent, cut=cut, trouble=trouble)

    def _carry_alike(self, alike: _Alike, group: _Group) -> Mapping[int, Carried]:
        keys = [plan.targets[0].item.rating_key for plan in group.plans]
        lists = {
            name: ListChange(final=final, remove=tuple(group.remove.get(name, ())))
            for name, final in alike.lists
        }
        fields = field_edits(scalars=dict(alike.scalars), lists=lists, lock=alike.lock)
        writer = self._server.writer
        wrote = writer.write_same(alike.section_key, keys, alike.item_type, fields)
        return {
            plan.scene.id: Carried(cut=wrote.cut, trouble=plan.cover.trouble)
            for plan in group.plans
        }


def _fields(target: Target, *, locks: Mapping[str, str]) -> list[FieldEdit]:
    """The edit of an item; the pictures that were shown are locked with it."""
    edit = target.edit
    if not edit and not locks:
        return []
    lists = {
        name: ListChange(final=one.final, remove=one.remove) for name, one in edit.tags.items()
    }
    return field_edits(scalars=edit.scalars, lists=lists, lock=[*edit.lock, *locks])


def _alike(plan: Plan) -> _Alike | None:
    """What the plan's edit leaves behind, where it may be equal to another scene's."""
    if len(plan.targets) != 1:
        return None
    [target] = plan.targets
    edit, item = target.edit, target.item
    if target.pictures or not edit or _OWN_FIELDS & edit.scalars.keys():
        return None
    return _Alike(
        section_key=item.section_key,
        item_type=item.type,
        scalars=tuple(sorted(edit.scalars.items())),
        lists=tuple(sorted((name, one.final) for name, one in edit.tags.items())),
        lock=edit.lock,
    )
