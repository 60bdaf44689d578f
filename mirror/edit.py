"""Decides what is written to one item, and what the ledger holds afterwards.

Single values: Stash wins, except where the policy or the ledger says that the value is not ours
to replace. Lists: what stands in Plex without ours, plus what Stash has now (`mirror.list_edit`).

On first contact nothing in Plex is known to be ours. With `keep_plex_edits` a locked value that
differs is then a person's, for only a person or another tool can have locked it. Lists are
merged on first contact, locked or not: nothing of a person's is lost by adding.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from mirror.desired import Desired
from mirror.list_edit import TagEdit, plan_list
from mirror.list_memory import lists_after, removed_after, roles_after
from mirror.normal import normal_form
from mirror.policy import Policy
from mirror.written import NOTHING_WRITTEN, Asked, Standing, Written, is_role_field
from plex.item import SCALAR_FIELDS, TAG_FIELDS, Item

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
            "collection",
            "label",
        }
    ),
}
_ALL_FIELDS = frozenset((*SCALAR_FIELDS, *TAG_FIELDS))
_NONE: frozenset[str] = frozenset()
_T = TypeVar("_T")


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
    if _is_sorted_by_title(desired, item, verdicts):
        verdicts["titleSort"] = _Verdict.RIGHT
    lists = {
        name: plan_list(name, wanted, item, known, policy)
        for name, wanted in _spoken(desired.tags, item).items()
    }
    scalars = {
        name: desired.scalars[name]
        for name, verdict in verdicts.items()
        if verdict is _Verdict.WRITE
    }
    tags = {name: plan.edit for name, plan in lists.items() if plan.edit}
    right = {name for name, verdict in verdicts.items() if verdict is _Verdict.RIGHT}
    right = {name for name in right if normal_form(name, item.scalars.get(name, ""))}
    right |= {name for name, plan in lists.items() if plan.holds_ours}
    return Edit(
        scalars=scalars,
        tags=tags,
        lock=frozenset({*scalars, *tags, *(right - item.locked)}) if scalars or tags else _NONE,
        replaced={
            **_replaced(scalars, item, known),
            **{name: ", ".join(plan.replaced) for name, plan in lists.items() if plan.replaced},
        },
        kept=tuple(
            [name for name, verdict in verdicts.items() if verdict is _Verdict.KEPT]
            + [name for name, plan in lists.items() if plan.is_kept]
        ),
    )


def written_after(desired: Desired, item: Item, written: Written | None, edit: Edit) -> Written:
    """Return what the ledger shall hold once `edit` is carried out, also if it is empty.

    A value that stood there already counts as asked for, so that a library which an older tool
    filled follows Stash too. A rating does not: it is removed only if we set it. A field that
    is left to somebody else keeps what the ledger held.
    """
    known = written or NOTHING_WRITTEN
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
            **{n: v for n, v in known.settled(item).scalars.items() if not is_role_field(n)},
            **roles_after(tags, item, known, edit.tags),
            **{n: v for n, v in scalars.items() if n in edit.scalars or _agreed(n, v, item)},
        },
        asked_tags=lists_after(tags, item, known),
        before={**before, **known.before},
        removed=removed_after(tags, known, edit.tags),
    )


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


def _is_sorted_by_title(desired: Desired, item: Item, verdicts: Mapping[str, _Verdict]) -> bool:
    """Tell whether an item without a sort title is sorted as Stash wants, by its title.

    Plex says nothing of a sort title that equals the title. A title that is about to change counts
    only where the sort title is locked: Plex would derive another one, without the article.
    """
    wanted = normal_form("titleSort", desired.scalars.get("titleSort", ""))
    if not wanted or normal_form("titleSort", item.scalars.get("titleSort", "")):
        return False
    now = item.scalars.get("title", "")
    after = desired.scalars["title"] if verdicts.get("title") is _Verdict.WRITE else now
    is_settled = after == now or "titleSort" in item.locked
    return is_settled and normal_form("title", after) == wanted


def _replaced(scalars: Iterable[str], item: Item, known: Written) -> dict[str, str]:
    shown = {name: item.scalars.get(name, "") for name in scalars}
    return {
        name: value
        for name, value in shown.items()
        if normal_form(name, value) and not known.owns(name, value)
    }
