"""What the ledger remembers of an item's lists once an edit is carried out.

Beside what Stash asked for these are the earlier spellings of its values, which a server may have
kept beside the new ones; the roles that Stash asked for; and what was taken out.
"""

from __future__ import annotations

from collections.abc import Mapping

from mirror.list_edit import TagEdit
from mirror.normal import same_spelling, tag_key
from mirror.written import Written, is_role_field, role_field, spellings_field
from plex.item import Item, Tag

Lists = Mapping[str, tuple[Tag, ...]]


def lists_after(wanted: Lists, item: Item, known: Written) -> dict[str, tuple[str, ...]]:
    """Return what Stash has asked for in each list; the lists that it does not name stay."""
    after = dict(known.settled(item).tags)
    for name, tags in wanted.items():
        after[name] = tuple(tag.tag for tag in tags)
        earlier = _earlier_spellings(name, after[name], item, known)
        after.pop(spellings_field(name), None)
        if earlier:
            after[spellings_field(name)] = earlier
    return after


def roles_after(
    wanted: Lists, item: Item, known: Written, edits: Mapping[str, TagEdit]
) -> dict[str, str]:
    """Return the roles that Stash has asked for, by `role_field`.

    A role that is left to a person keeps what the ledger held.
    """
    settled = known.settled(item).scalars
    if "actor" not in wanted:
        return {name: role for name, role in settled.items() if is_role_field(name)}
    actors = edits["actor"].final if "actor" in edits else item.tags.get("actor", ())
    shown = {role_field(tag.tag): tag.role for tag in actors}
    after: dict[str, str] = {}
    for tag in wanted["actor"]:
        name = role_field(tag.tag)
        if tag.role and same_spelling(shown.get(name, ""), tag.role):
            after[name] = tag.role
        elif name in settled and (tag.role or known.unsure or known.asked_scalars.get(name)):
            after[name] = settled[name] if tag.role else ""
    return after


def removed_after(
    wanted: Lists, known: Written, edits: Mapping[str, TagEdit]
) -> dict[str, tuple[str, ...]]:
    """Return what we have taken out of each list so far, without what Stash asks for again."""
    taken = {name: (*known.removed.get(name, ()), *one.remove) for name, one in edits.items()}
    again = {name: {tag_key(tag.tag) for tag in tags} for name, tags in wanted.items()}
    left = {
        name: tuple(dict.fromkeys(v for v in values if tag_key(v) not in again.get(name, ())))
        for name, values in {**known.removed, **taken}.items()
    }
    return {name: values for name, values in left.items() if values}


def _earlier_spellings(
    name: str, asked: tuple[str, ...], item: Item, known: Written
) -> tuple[str, ...]:
    """Return the spellings that Stash had for what it still asks for and that stand in Plex."""
    ours = known.values(name)
    kept = {tag_key(value) for value in asked} & ours.keys()
    standing = dict.fromkeys(tag.tag for tag in item.tags.get(name, ()))
    return tuple(
        value
        for value in standing
        if tag_key(value) in kept and value in ours[tag_key(value)] and value not in asked
    )
