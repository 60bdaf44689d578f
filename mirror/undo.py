"""Decides how an item gets back what stood in Plex before we wrote to it.

A field goes back only where it still shows our doing; a write that was never confirmed counts as
ours. A single value that Stash did not ask for was changed by somebody since, and stays with its
lock. In a list every value is judged by itself: what Stash asked for becomes what stood there
before, what we took out comes back, and what somebody else added, removed or changed stays. Then
the list's lock stays too, or Plex's agent would take away what a person did. A field that ends
as it stood before us gets its lock of then, whoever brought it there.

Plex servers differ on whether a list that is sent replaces or adds. So the final list is sent
whole with explicit removals, and none of these names a value that the list holds in another case.
An earlier spelling is given back by the list alone: a server that keeps its own may keep it.

Order comes back with a list that is written. By itself it is a reason to write for performers
only, whom we put in Stash's order, and only while they stand in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import TypeVar

from mirror.edit import TagEdit, fields_of_type
from mirror.normal import normal_form, tag_key
from mirror.written import Asked, Standing, Written, is_role_field, role_field, spellings_field
from plex.item import SCALAR_FIELDS, TAG_FIELDS, Item, Tag

_PICTURES = ("thumb", "art")
_FIELDS = (*SCALAR_FIELDS, *TAG_FIELDS, *_PICTURES)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoEdit:
    """A planned undo of one item; false when there is nothing to write.

    Every field that is sent is in either `lock` or `unlock`.

    Attributes:
        scalars: Values that come back, by field; empty text clears.
        tags: Lists as they shall be, by field.
        lock: Fields whose lock stays with what is sent, or comes back.
        unlock: Fields that nobody but us locked.
        kept: Fields that somebody changed since; of a list, those changes alone stay.
        back: The values in `tags` that come back because we had taken them out.
    """

    scalars: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, TagEdit] = field(default_factory=dict)
    lock: frozenset[str] = frozenset()
    unlock: frozenset[str] = frozenset()
    kept: tuple[str, ...] = ()
    back: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Tell whether anything is written; a lock alone is a reason."""
        return bool(self.scalars or self.tags or self.lock or self.unlock)


@dataclass(frozen=True, slots=True, kw_only=True)
class _FieldUndo:
    locked: bool  # as it shall be
    value: str | None = None  # None: not sent
    tags: TagEdit | None = None
    kept: bool = False
    back: tuple[str, ...] = ()


def plan_undo(item: Item, written: Written) -> UndoEdit:
    """Return what gives `item` back all that stood there before our first write of each field.

    Of pictures only the lock is given back: which one is shown is no value of an edit.

    Args:
        item: What stands in Plex now, with full tags and locks.
        written: What the ledger knows of this very item.
    """
    there = fields_of_type(item.type).union(_PICTURES)
    fields = {
        name: _plan_field(name, item, written)
        for name in _FIELDS
        if name in written.before and name in there
    }
    scalars = {name: one.value for name, one in fields.items() if one.value is not None}
    tags = {name: one.tags for name, one in fields.items() if one.tags is not None}
    sent = scalars.keys() | tags.keys()
    locked = {name for name, one in fields.items() if one.locked}
    return UndoEdit(
        scalars=scalars,
        tags=tags,
        lock=frozenset(locked & sent | locked - item.locked),
        unlock=frozenset((fields.keys() - locked) & (sent | item.locked)),
        kept=tuple(name for name, one in fields.items() if one.kept),
        back={name: one.back for name, one in fields.items() if one.back},
    )


def plan_undo_of(
    item: Item,
    written: Written,
    *,
    before: Mapping[str, Standing],
    wrote: Asked,
    removed: Mapping[str, tuple[str, ...]],
) -> UndoEdit:
    """Return what takes back the writes of one run; what was changed since, by anybody, stays.

    Args:
        item: What stands in Plex now, with full tags and locks.
        written: What the ledger knows of this very item.
        before: What stood in each field that the run wrote, before it.
        wrote: What the run asked for; roles may be missing, they are looked for in `written`.
        removed: What the run took out of lists.
    """
    roles = {
        name: role
        for scalars in (written.asked_scalars, *(one.scalars for one in written.unsure))
        for name, role in scalars.items()
        if is_role_field(name)
    }
    run = Written(
        asked_scalars={**roles, **wrote.scalars},
        asked_tags=wrote.tags,
        before=before,
        removed=removed,
    )
    return plan_undo(item, run)


def written_after_undo(
    written: Written, undo: UndoEdit, *, before: Mapping[str, Standing] | None
) -> Written | None:
    """Return what the ledger shall hold once `undo` is carried out; None if nothing is ours.

    A field that is back at what stood there before our very first write is forgotten. Any other
    that a run gives back counts as asked for by an earlier write.

    Args:
        written: What the ledger held until now, and what `undo` was planned with.
        undo: The plan that was carried out.
        before: What stood in each field before the run that is undone; None if everything was.
    """
    if before is None:
        return None
    given_back = {name: standing for name, standing in before.items() if name not in undo.kept}
    forgotten = {n for n, standing in given_back.items() if written.before.get(n) == standing}
    # What the ledger asks for by a picture's name is no address: it stays.
    values = {n: standing.value for n, standing in given_back.items() if n not in _PICTURES}
    roles = _roles_given_back(
        before.get("actor", Standing()), written.before.get("actor", Standing()), undo
    )
    sure, *unsure = (
        _asked_after(one, undo, {**values, **roles}, forgotten)
        for one in (Asked(scalars=written.asked_scalars, tags=written.asked_tags), *written.unsure)
    )
    left = Written(
        asked_scalars=sure.scalars,
        asked_tags=sure.tags,
        before=_without(written.before, forgotten),
        removed=_without(_removed_after(written, undo), forgotten),
        unsure=tuple(one for one in unsure if one not in (sure, Asked())),
    )
    return left if left != Written() else None


def _plan_field(name: str, item: Item, known: Written) -> _FieldUndo:
    if name in _PICTURES:
        return _FieldUndo(locked=known.before[name].locked)
    return _plan_list(name, item, known) if name in TAG_FIELDS else _plan_scalar(name, item, known)


def _plan_scalar(name: str, item: Item, known: Written) -> _FieldUndo:
    standing, shown = known.before[name], item.scalars.get(name, "")
    # An item without a title to sort by is sorted by its title.
    sorted_by = item.scalars.get("title", "") if name == "titleSort" and not shown else shown
    if known.owns(name, shown) or known.owns(name, sorted_by):
        if name == "title" and not normal_form(name, standing.value):
            # A title is never emptied; unlocked, it is Plex's to name again.
            return _FieldUndo(locked=False)
        value = standing.value if standing.value != shown else None
        return _FieldUndo(locked=standing.locked, value=value)
    is_back = normal_form(name, shown) == normal_form(name, standing.value)
    return _FieldUndo(locked=standing.locked if is_back else name in item.locked, kept=not is_back)


def _plan_list(name: str, item: Item, known: Written) -> _FieldUndo:
    standing, now = known.before[name], item.tags.get(name, ())
    final = _final_list(name, now, known)
    is_our_order, shows = _order_is_ours(name, now, known)
    if is_our_order:
        rank = {tag.tag: place for place, tag in enumerate(standing.tags)}
        final = tuple(sorted(final, key=lambda tag: rank.get(tag.tag, len(rank))))
    changes = set(final) != set(now) or (shows and final != now)
    staying, there = _keys(final), _keys(now)
    gone = tuple(tag.tag for tag in now if tag_key(tag.tag) not in staying)
    is_others = _values(final) != _values(standing.tags)
    return _FieldUndo(
        locked=name in item.locked if is_others else standing.locked,
        tags=TagEdit(final=final, remove=gone) if changes else None,
        kept=is_others,
        back=tuple(tag.tag for tag in final if tag_key(tag.tag) not in there),
    )


def _final_list(name: str, now: tuple[Tag, ...], known: Written) -> tuple[Tag, ...]:
    """Return the list as it shall be, in today's order; what comes back is last."""
    old_of, now_of = _by_key(known.before[name].tags), _by_key(now)
    ours = known.values(name)
    away = {tag_key(value) for value in known.removed.get(name, ())}
    final: list[Tag] = []
    for key, tags in now_of.items():
        # What Stash never asked for stays as read.
        final += _given_back(old_of.get(key, []), tags, ours[key], known) if key in ours else tags
    for key, tags in old_of.items():
        final += tags if key in away and key not in now_of else []
    return tuple(final)


def _given_back(old: list[Tag], now: list[Tag], ours: set[str], known: Written) -> list[Tag]:
    """Return what becomes of one value that Stash asked for, in all its spellings."""
    stood, spellings = {tag.tag for tag in old}, {tag.tag for tag in now}
    foreign = spellings - ours - stood
    if not old:
        # Where somebody has a spelling of his own, removing ours could take it along.
        return now if foreign and len(spellings) > 1 else []
    if foreign and not spellings & stood:
        return now  # somebody, or Plex, spells it anew
    return [
        *(_as_it_stood(tag, now, known, is_only_one=len(old) == len(now) == 1) for tag in old),
        *(tag for tag in now if tag.tag in foreign),
    ]


def _as_it_stood(old: Tag, now: list[Tag], known: Written, *, is_only_one: bool) -> Tag:
    """Return an entry of before; a role that somebody gave since stays.

    The picture belongs to the name, server-wide: the one of today stays where there is one.
    """
    for tag in now:
        if tag.tag == old.tag or is_only_one:
            name = role_field(tag.tag)
            is_ours = known.owns(name, tag.role) or not (tag.role or name in known.asked_scalars)
            return replace(
                old, role=old.role if is_ours else tag.role, thumb=tag.thumb or old.thumb
            )
    return old


def _order_is_ours(name: str, now: tuple[Tag, ...], known: Written) -> tuple[bool, bool]:
    """Tell whether nobody else ordered a list, and whether an order of ours shows in it."""
    if name != "actor":
        return True, False
    shown = list(dict.fromkeys(tag_key(tag.tag) for tag in now))
    asked = [
        one[name] for one in (known.asked_tags, *(u.tags for u in known.unsure)) if name in one
    ]
    leads = [[key for key in map(tag_key, tags) if key in shown] for tags in asked]
    ours = [lead for lead in leads if shown[: len(lead)] == lead]
    return bool(ours), any(ours)


def _asked_after(
    one: Asked, undo: UndoEdit, values: Mapping[str, str | None], forgotten: Set[str]
) -> Asked:
    edits = {**undo.tags, **{spellings_field(name): edit for name, edit in undo.tags.items()}}
    tags = {
        name: _list_after(asked, edits[name], undo.back.get(name, ())) if name in edits else asked
        for name, asked in one.tags.items()
    }
    actors = {role_field(actor) for actor in tags.get("actor", ())}
    scalars = {
        name: values.get(name, one.scalars.get(name))
        for name in {**one.scalars, **dict.fromkeys(sorted(values.keys() & actors))}
        if ("actor" if is_role_field(name) else name) not in forgotten
    }
    return Asked(
        scalars={name: value for name, value in scalars.items() if value is not None},
        tags=_without(tags, {*forgotten, *map(spellings_field, forgotten)}),
    )


def _roles_given_back(before: Standing, first: Standing, undo: UndoEdit) -> dict[str, str | None]:
    """Return the roles that an undo shows again, by `role_field`; None for one that is not ours."""
    if "actor" not in undo.tags:
        return {}
    shown, not_ours = _values(undo.tags["actor"].final), _values(first.tags)
    return {
        role_field(tag.tag): None if (tag.tag, tag.role) in not_ours else tag.role
        for tag in before.tags
        if (tag.tag, tag.role) in shown
    }


def _list_after(asked: tuple[str, ...], edit: TagEdit, back: tuple[str, ...]) -> tuple[str, ...]:
    """What goes is asked for no more and what comes back is again, in the order of the list."""
    gone = {tag_key(value) for value in edit.remove}
    ours = dict.fromkeys(value for value in (*asked, *back) if tag_key(value) not in gone)
    rank = {tag_key(tag.tag): place for place, tag in enumerate(edit.final)}
    return tuple(sorted(ours, key=lambda value: rank.get(tag_key(value), len(rank))))


def _removed_after(written: Written, undo: UndoEdit) -> dict[str, tuple[str, ...]]:
    """What undo takes out was taken out by us, as by any other write."""
    after = {name: list(values) for name, values in written.removed.items()}
    for name, edit in undo.tags.items():
        there = _keys(edit.final)
        values = dict.fromkeys((*after.get(name, ()), *edit.remove))
        after[name] = [value for value in values if tag_key(value) not in there]
    return {name: tuple(values) for name, values in after.items() if values}


def _without(fields: Mapping[str, _T], forgotten: Set[str]) -> dict[str, _T]:
    return {name: value for name, value in fields.items() if name not in forgotten}


def _keys(tags: Iterable[Tag]) -> set[str]:
    return {tag_key(tag.tag) for tag in tags}


def _values(tags: Iterable[Tag]) -> set[tuple[str, str]]:
    return {(tag.tag, tag.role) for tag in tags}


def _by_key(tags: Iterable[Tag]) -> dict[str, list[Tag]]:
    found: dict[str, list[Tag]] = {}
    for tag in tags:
        found.setdefault(tag_key(tag.tag), []).append(tag)
    return found
