"""Tells what of ours an item does not show any more, because somebody or an agent changed it."""

from __future__ import annotations

from collections.abc import Collection

from mirror.desired import normal_form, tag_key
from mirror.edit import fields_of_type
from mirror.policy import Policy
from mirror.written import Written
from plex.item import Item

# Where a library's own settings bring a field back again and again, by what to look for there.
_SETTINGS = {
    "collection": "the agent's automatic collections",
    "genre": "the agent's source of genres",
    "actor": "the agent's cast",
    "contentRating": "the agent's source of content ratings",
    "userRating": "ratings that come from another account",
}


def drifted(
    item: Item, written: Written, policy: Policy, *, refused: Collection[str] = ()
) -> tuple[str, ...]:
    """Return the fields that are to be repaired.

    What a person changed is left by the policy that says so; values that stand beside ours are
    nobody's drift.

    Args:
        item: What stands in Plex now.
        written: What we wrote; nothing is told while a write is unsure.
        policy: Who wins.
        refused: Fields that this server is known not to take.
    """
    if written.unsure:
        return ()
    there = fields_of_type(item.type) - {*refused}
    wrong = [
        name
        for name, asked in written.asked_scalars.items()
        if name in there
        and normal_form(name, asked) != normal_form(name, item.scalars.get(name, ""))
        and normal_form(name, asked)
    ]
    for name, values in written.asked_tags.items():
        shown = {tag_key(tag.tag) for tag in item.tags.get(name, ())}
        if name in there and not {tag_key(value) for value in values} <= shown:
            wrong.append(name)
    if policy.keep_plex_edits:
        wrong = [name for name in wrong if name not in item.locked]
    return tuple(wrong)


def who_overwrites(names: Collection[str], library: str) -> str:
    """Return what a person should look at when Plex takes our values back again and again."""
    told = [_SETTINGS[name] for name in names if name in _SETTINGS]
    what = " and ".join(told) or "the agent's own metadata"
    return (
        f"in Plex, edit the library {library!r}: under Advanced switch off {what}, or the "
        f"automatic refresh of metadata under Settings > Library; another tool may do it, too"
    )
