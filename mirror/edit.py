"""Decides what is written to one item, and what the ledger holds afterwards.

Single values: Stash wins, except where the policy or the ledger says that the value is not ours
to replace. Lists: what stands in Plex without ours, plus what Stash has now. An edit carries the
full final list and explicit removals as well, because Plex servers differ on whether a list that
is sent replaces or adds; both end in the same list.

Values of a list are the same when they differ in case only, and Plex's spelling then stays:
Plex keeps a tag once for the whole server and returns labels in a case of its own, so insisting
would write for ever, and removing the one spelling could take the other along.

On first contact nothing in Plex is known to be ours. With `keep_plex_edits` a locked value that
differs is then a person's, for only a person or another tool can have locked it. Lists are
merged on first contact, locked or not: nothing of a person's is lost by adding.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from mirror.desired import Desired, normal_form, tag_key
from mirror.policy import Policy
from mirror.written import NOTHING_WRITTEN, Asked, Standing, Written
from plex.item import SCALAR_FIELDS, TAG_FIELDS, Item, Tag

__all__ = [
    "FIELDS_OF_TYPE",
    "Asked",
    "Edit",
    "Standing",
    "TagEdit",
    "Written",
    "fields_of_type",
    "plan_edit",
    "written_after",
]

# Types of items that lack fields which movies and clips have.
FIELDS_OF_TYPE: Mapping[str, frozenset[str]] = {
    "episode": frozenset(
        {
            "title",
            "titleSort",
            "summary",
            "originallyAvailableAt",
            "contentRating",
            "userRating",
            "director",
            "label",
        }
    ),
}
_ALL_FIELDS = frozenset((*SCALAR_FIELDS, *TAG_FIELDS))
_NONE: frozenset[str] = frozenset()
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class TagEdit:
    """One list: all that it shall hold, and what must go, spelled as Plex spells it."""

    final: tuple[Tag, ...]
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A planned write of one item; false when there is nothing to write.

    Attributes:
        scalars: New values by field; empty text clears.
        tags: New lists by field.
        lock: Everything written, and what is right but unlocked; empty if nothing is written.
        replaced: A person's or an agent's values that are overwritten, by field.
        kept: Fields that are left to a person, who wins by the policy.
    """

    scalars: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, TagEdit] = field(default_factory=dict)
    lock: frozenset[str] = frozenset()
    replaced: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything is written; what is kept or could be locked is no reason."""
        return bool(self.scalars or self.tags)


class _Verdict(enum.Enum):
    RIGHT = "shows what Stash has"
    WRITE = "gets what Stash has"
    KEPT = "is a person's, who wins by the policy"
    LEFT = "is not ours to replace"


@dataclass(frozen=True, slots=True, kw_only=True)
class _ListPlan:
    edit: TagEdit | None
    holds_ours: bool  # Stash has values, and with the edit all of them stand in Plex
    withdrawn: bool  # a person removed values of ours, and they stay away


def fields_of_type(item_type: str) -> frozenset[str]:
    """Return the fields that an item of this type has in Plex."""
    return FIELDS_OF_TYPE.get(item_type, _ALL_FIELDS)


def plan_edit(desired: Desired, item: Item, written: Written | None, policy: Policy) -> Edit:
    """Return what has to be written so that `item` shows `desired`.

    Args:
        desired: What Stash wants; fields that the item's type lacks are passed over.
        item: What stands in Plex now, with full tags and locks.
        written: What the ledger knows of this very item; None on first contact.
        policy: Who wins over whom.
    """
    known = written or NOTHING_WRITTEN
    verdicts = {
        name: _judge(name, desired, item, known, policy) for name in _spoken(desired.scalars, item)
    }
    lists = {
        name: _plan_list(name, wanted, item, known, policy)
        for name, wanted in _spoken(desired.tags, item).items()
    }
    scalars = {
        name: desired.scalars[name]
        for name, verdict in verdicts.items()
        if verdict is _Verdict.WRITE
    }
    tags = {name: plan.edit for name, plan in lists.items() if plan.edit}
    right = {name for name, verdict in verdicts.items() if verdict is _Verdict.RIGHT}
    right = {name for name in right if normal_form(name, desired.scalars[name])}
    right |= {name for name, plan in lists.items() if plan.holds_ours}
    return Edit(
        scalars=scalars,
        tags=tags,
        lock=frozenset({*scalars, *tags, *(right - item.locked)}) if scalars or tags else _NONE,
        replaced=_replaced(scalars, item, known),
        kept=tuple(
            [name for name, verdict in verdicts.items() if verdict is _Verdict.KEPT]
            + [name for name, plan in lists.items() if plan.withdrawn]
        ),
    )


def written_after(desired: Desired, item: Item, written: Written | None, edit: Edit) -> Written:
    """Return what the ledger shall hold once `edit` is carried out, also if it is empty.

    A value that stood there already counts as asked for, so that a library which an older tool
    filled follows Stash too. A rating does not: it is removed only if we set it. A field that
    is left to somebody else keeps what the ledger held.
    """
    known = written or NOTHING_WRITTEN
    settled = known.settled(item)
    scalars = _spoken(desired.scalars, item)
    tags = _spoken(desired.tags, item)
    before = {
        name: Standing(
            value=item.scalars.get(name, ""),
            tags=item.tags.get(name, ()),
            locked=name in item.locked,
        )
        for name in edit.lock
    }
    return Written(
        asked_scalars={
            **settled.scalars,
            **{n: v for n, v in scalars.items() if n in edit.scalars or _agreed(n, v, item)},
        },
        asked_tags={
            **settled.tags,
            **{name: tuple(tag.tag for tag in wanted) for name, wanted in tags.items()},
        },
        before={**before, **known.before},
        removed=_removed(known, edit, tags),
    )


def _removed(
    known: Written, edit: Edit, tags: Mapping[str, tuple[Tag, ...]]
) -> dict[str, tuple[str, ...]]:
    """Return what we have taken out of each list so far, without what Stash asks for again."""
    taken = {name: (*known.removed.get(name, ()), *one.remove) for name, one in edit.tags.items()}
    again = {name: {tag_key(tag.tag) for tag in wanted} for name, wanted in tags.items()}
    left = {
        name: tuple(dict.fromkeys(v for v in values if tag_key(v) not in again.get(name, ())))
        for name, values in {**known.removed, **taken}.items()
    }
    return {name: values for name, values in left.items() if values}


def _spoken(fields: Mapping[str, _T], item: Item) -> dict[str, _T]:
    """Return the fields that Stash speaks for and that an item of this type has."""
    there = fields_of_type(item.type)
    return {name: value for name, value in fields.items() if name in there}


def _judge(name: str, desired: Desired, item: Item, known: Written, policy: Policy) -> _Verdict:
    wanted = normal_form(name, desired.scalars[name])
    shown = normal_form(name, item.scalars.get(name, ""))
    if shown == wanted:
        return _Verdict.RIGHT
    ours = known.owns(name, shown)
    if name == "title":
        if not wanted or (shown and desired.title_is_fallback and not ours):
            return _Verdict.LEFT
        if not shown:
            return _Verdict.WRITE
    if not wanted:
        return _Verdict.WRITE if ours else _Verdict.LEFT
    if policy.keep_plex_edits and not ours and name in item.locked:
        return _Verdict.KEPT
    return _Verdict.WRITE


def _agreed(name: str, wanted: str, item: Item) -> bool:
    """Tell whether a value that is not written still counts as what we last asked for."""
    if not normal_form(name, wanted):
        return name != "title"
    shown = item.scalars.get(name, "")
    return name != "userRating" and normal_form(name, shown) == normal_form(name, wanted)


def _replaced(scalars: Iterable[str], item: Item, known: Written) -> dict[str, str]:
    shown = {name: item.scalars.get(name, "") for name in scalars}
    return {
        name: value
        for name, value in shown.items()
        if normal_form(name, value) and not known.owns(name, value)
    }


def _plan_list(
    name: str, wanted: tuple[Tag, ...], item: Item, known: Written, policy: Policy
) -> _ListPlan:
    standing = item.tags.get(name, ())
    there = {tag_key(tag.tag) for tag in standing}
    withdrawn: set[str] = set()
    if policy.keep_plex_edits and name in item.locked:
        withdrawn = {tag_key(tag.tag) for tag in wanted} & known.surely_written(name) - there
    having = tuple(tag for tag in wanted if tag_key(tag.tag) not in withdrawn)
    dropped = _dropped(wanted, standing, known.values(name))
    staying = tuple(tag for tag in standing if tag_key(tag.tag) not in dropped)
    new = tuple(tag for tag in having if tag_key(tag.tag) not in there)
    final = (*staying, *new)
    changes = bool(dropped or new)
    if name == "actor":
        final = _stash_first(final, having)
        changes = changes or (final != standing and _has_new_order(wanted, known))
    gone = tuple(tag.tag for tag in standing if tag_key(tag.tag) in dropped)
    return _ListPlan(
        edit=TagEdit(final=final, remove=gone) if changes else None,
        holds_ours=bool(having),
        withdrawn=bool(withdrawn),
    )


def _dropped(
    wanted: tuple[Tag, ...], standing: tuple[Tag, ...], ours: Mapping[str, set[str]]
) -> set[str]:
    """Return the keys of what stands in Plex, was asked for by Stash and is not any more.

    Where a value stands there in several spellings and one of them was never ours, all stay:
    removing our spelling could take the other along.
    """
    spellings: dict[str, set[str]] = {}
    for tag in standing:
        spellings.setdefault(tag_key(tag.tag), set()).add(tag.tag)
    candidates = (spellings.keys() & ours.keys()) - {tag_key(tag.tag) for tag in wanted}
    return {key for key in candidates if len(spellings[key]) == 1 or spellings[key] <= ours[key]}


def _stash_first(final: tuple[Tag, ...], having: tuple[Tag, ...]) -> tuple[Tag, ...]:
    rank = {tag_key(tag.tag): place for place, tag in enumerate(having)}
    return tuple(sorted(final, key=lambda tag: rank.get(tag_key(tag.tag), len(rank))))


def _has_new_order(wanted: tuple[Tag, ...], known: Written) -> bool:
    """Tell whether Stash's order was never asked for: a server that only adds ignores it.

    Asking once for each order of Stash's is all that can be done without writing for ever.
    """
    asked = known.asked_tags.get("actor", ())
    return [tag_key(tag) for tag in asked] != [tag_key(tag.tag) for tag in wanted]
