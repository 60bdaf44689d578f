"""Decides what one list of an item shall hold: what stands in Plex without ours, plus Stash's.

An edit carries the full final list and explicit removals as well, because Plex servers differ on
whether a list that is sent replaces or adds; both end in the same list.

Values are the same when they differ in upper and lower case only, and Plex's spelling stays where
a value stood there first. What is spelled anew in Stash is asked for once: a server may keep a
spelling for good, and insisting would write for ever. Labels are never spelled anew, for Plex
gives them a case of its own. The old spelling is not removed, because a server that does not
tell the two apart would take the new one along.

A role is a single value of one actor, and only performers that Stash asks for get one of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mirror.normal import same_spelling, tag_key
from mirror.policy import Policy
from mirror.written import Written, role_field
from plex.item import Item, Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class TagEdit:
    """One list: all that it shall hold, and what must go, spelled as Plex spells it."""

    final: tuple[Tag, ...]
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPlan:
    """What becomes of one list.

    Attributes:
        edit: What is written; None for nothing.
        holds_ours: Stash has values, and with the edit all of them stand in Plex.
        is_kept: A person removed values of ours or changed a role, and wins by the policy.
        replaced: Roles of somebody else's that are overwritten.
    """

    edit: TagEdit | None
    holds_ours: bool
    is_kept: bool
    replaced: tuple[str, ...]


def plan_list(
    name: str, wanted: tuple[Tag, ...], item: Item, known: Written, policy: Policy
) -> ListPlan:
    """Return what has to be written so that the list `name` of `item` holds `wanted`."""
    standing = item.tags.get(name, ())
    there = {tag_key(tag.tag) for tag in standing}
    is_persons = policy.keep_plex_edits and name in item.locked
    withdrawn: set[str] = set()
    if is_persons:
        withdrawn = {tag_key(tag.tag) for tag in wanted} & known.surely_written(name) - there
    having = tuple(tag for tag in wanted if tag_key(tag.tag) not in withdrawn)
    dropped = _dropped(wanted, standing, known.values(name))
    staying = tuple(tag for tag in standing if tag_key(tag.tag) not in dropped)
    others_roles = _foreign_roles(wanted, standing, known) if name == "actor" else {}
    if name == "actor":
        staying = _with_roles(staying, having, known, others_roles if is_persons else {})
    if name != "label":
        staying = _spelled_anew(name, staying, having, known)
    new = tuple(tag for tag in having if tag_key(tag.tag) not in there)
    final = (*staying, *new)
    changes = final != standing
    if name == "actor":
        final = _stash_first(final, having)
        changes = changes or (final != standing and _has_new_order(wanted, known))
    gone = tuple(tag.tag for tag in standing if tag_key(tag.tag) in dropped)
    return ListPlan(
        edit=TagEdit(final=final, remove=gone) if changes else None,
        holds_ours=bool(having),
        is_kept=bool(withdrawn or (others_roles and is_persons)),
        replaced=() if is_persons else tuple(filter(None, others_roles.values())),
    )


def _foreign_roles(
    wanted: tuple[Tag, ...], standing: tuple[Tag, ...], known: Written
) -> dict[str, str]:
    """Return the roles that stand where Stash wants others and are not our doing.

    They are named by `role_field`.
    """
    return {
        role_field(tag.tag): tag.role
        for tag, role in _meant(wanted, standing).items()
        if role and not same_spelling(tag.role, role) and _is_foreign_role(tag, known)
    }


def _meant(wanted: tuple[Tag, ...], standing: tuple[Tag, ...]) -> dict[Tag, str]:
    """Return the actors whom Stash means, with the roles that it wants for them.

    Where a name stands there in Stash's spelling, the others of it are left alone: a server that
    tells them apart would not take a role for them from an edit that does not name them.
    """
    roles = {tag_key(tag.tag): tag.role for tag in wanted}
    exact = {tag.tag for tag in wanted} & {tag.tag for tag in standing}
    exact_keys = {tag_key(name) for name in exact}
    return {
        tag: roles[tag_key(tag.tag)]
        for tag in standing
        if tag.tag in exact or tag_key(tag.tag) in roles.keys() - exact_keys
    }


def _is_foreign_role(tag: Tag, known: Written) -> bool:
    """Tell whether a role is not our doing: no role is somebody's doing only where we wrote one."""
    name = role_field(tag.tag)
    return not known.owns(name, tag.role) and bool(tag.role or name in known.asked_scalars)


def _with_roles(
    staying: tuple[Tag, ...], having: tuple[Tag, ...], known: Written, kept: Mapping[str, str]
) -> tuple[Tag, ...]:
    """Return the actors with Stash's roles; those of others and the ones in `kept` stay."""
    wanted = _meant(having, staying)

    def role_of(tag: Tag) -> str:
        role = wanted.get(tag)
        name = role_field(tag.tag)
        if role is None or name in kept or same_spelling(role, tag.role):
            return tag.role
        if not role:  # Stash has none: only one of ours goes
            return "" if known.owns(name, tag.role) else tag.role
        return role

    return _changed(staying, tuple(_with_role(tag, role_of(tag)) for tag in staying))


def _with_role(tag: Tag, role: str) -> Tag:
    return tag if tag.role == role else replace(tag, role=role)


def _spelled_anew(
    name: str, staying: tuple[Tag, ...], having: tuple[Tag, ...], known: Written
) -> tuple[Tag, ...]:
    """Return the list with Stash's new upper and lower case where it was not asked for yet.

    Where a value stands there in several spellings, only those change that were ours.
    """
    spellings = _spellings(staying)
    anew = {
        tag_key(tag.tag): tag.tag
        for tag in having
        if known.spelled_otherwise(name, tag.tag)
        and not any(same_spelling(one, tag.tag) for one in spellings.get(tag_key(tag.tag), ()))
    }
    if not anew:
        return staying
    ours = known.values(name)

    def spelled(tag: Tag) -> str:
        key = tag_key(tag.tag)
        is_ours = len(spellings[key]) == 1 or tag.tag in ours.get(key, ())
        return anew.get(key, tag.tag) if is_ours else tag.tag

    return _changed(staying, tuple(replace(tag, tag=spelled(tag)) for tag in staying))


def _changed(old: tuple[Tag, ...], new: tuple[Tag, ...]) -> tuple[Tag, ...]:
    """Return `new`, in which two entries may have become one; doubles of Plex's own stay."""
    return old if new == old else tuple(dict.fromkeys(new))


def _dropped(
    wanted: tuple[Tag, ...], standing: tuple[Tag, ...], ours: Mapping[str, set[str]]
) -> set[str]:
    """Return the keys of what stands in Plex, was asked for by Stash and is not any more.

    Where a value stands there in several spellings and one of them was never ours, all stay:
    removing our spelling could take the other along.
    """
    spellings = _spellings(standing)
    candidates = (spellings.keys() & ours.keys()) - {tag_key(tag.tag) for tag in wanted}
    return {key for key in candidates if len(spellings[key]) == 1 or spellings[key] <= ours[key]}


def _spellings(tags: tuple[Tag, ...]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for tag in tags:
        found.setdefault(tag_key(tag.tag), set()).add(tag.tag)
    return found


def _stash_first(final: tuple[Tag, ...], having: tuple[Tag, ...]) -> tuple[Tag, ...]:
    rank = {tag_key(tag.tag): place for place, tag in enumerate(having)}
    return tuple(sorted(final, key=lambda tag: rank.get(tag_key(tag.tag), len(rank))))


def _has_new_order(wanted: tuple[Tag, ...], known: Written) -> bool:
    """Tell whether Stash's order was never asked for: a server that only adds ignores it.

    Asking once for each order of Stash's is all that can be done without writing for ever.
    """
    asked = known.asked_tags.get("actor", ())
    return [tag_key(tag) for tag in asked] != [tag_key(tag.tag) for tag in wanted]
