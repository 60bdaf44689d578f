"""Edits: what the parameters of a PUT mean, and what they do to an item.

Plex answers 200 to nearly everything. What it does not understand, and what an item's type does
not have, is dropped without a word: `userRating=2`, without `.value`, changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote

from demo.plexserver.items import PICTURES, Item, Scalar, TagValue
from demo.plexserver.store import Store
from demo.plexserver.wire import RefusedError

Semantics = Literal["replace", "add"]

_SINGLE = re.compile(r"(\w+)\.(value|locked)")
_ENTRY = re.compile(r"(\w+)\[(\d+)\]\.(tag\.tag|tagging\.text|tag\.thumb)")
_REMOVAL = re.compile(r"(\w+)\[\]\.tag\.tag-")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(slots=True)
class Edit:
    """One PUT, taken apart but not yet judged."""

    scalars: dict[str, str] = field(default_factory=dict)
    locks: dict[str, bool] = field(default_factory=dict)
    lists: dict[str, list[TagValue]] = field(default_factory=dict)
    removals: dict[str, list[str]] = field(default_factory=dict)


def parse(query: Iterable[tuple[str, str]]) -> Edit:
    """Read the decoded parameters of a PUT; of a parameter given twice the last one counts.

    Raises:
        RefusedError: A date or a rating is none.
    """
    edit = Edit()
    entries: dict[str, dict[int, dict[str, str]]] = {}
    for key, value in query:
        if found := _SINGLE.fullmatch(key):
            if found[2] == "locked":
                edit.locks[found[1]] = value == "1"
            else:
                edit.scalars[found[1]] = value
        elif found := _ENTRY.fullmatch(key):
            entries.setdefault(found[1], {}).setdefault(int(found[2]), {})[found[3]] = value
        elif found := _REMOVAL.fullmatch(key):
            # Encoded one by one and joined by commas: a comma of their own travels as %252C.
            edit.removals[found[1]] = [unquote(text) for text in value.split(",") if text]
    for name, by_index in entries.items():
        edit.lists[name] = [_entry(by_index[index]) for index in sorted(by_index)]
    _check(edit)
    return edit


def apply(edit: Edit, item: Item, store: Store, semantics: Semantics) -> None:
    """Carry an edit out on one item; hold the store's lock meanwhile."""
    for name, value in edit.scalars.items():
        if item.accepts_scalar(name):
            store.put_scalar(item, name, _typed(name, value))
    for name, values in edit.lists.items():
        if item.accepts_tags(name):
            standing = item.tags.get(name, []) if semantics == "add" else []
            store.put_tags(item, name, _merged(standing, values))
    # After the lists and without case: what is listed and removed in one PUT is gone.
    for name, texts in edit.removals.items():
        gone = {text.casefold() for text in texts}
        kept = [value for value in item.tags.get(name, []) if value.tag.casefold() not in gone]
        if item.accepts_tags(name):
            store.put_tags(item, name, kept)
    for name, locked in edit.locks.items():
        if item.accepts_scalar(name) or item.accepts_tags(name) or name in PICTURES.values():
            (item.locked.add if locked else item.locked.discard)(name)
    store.touch(item)


def _merged(standing: list[TagValue], values: list[TagValue]) -> list[TagValue]:
    """Add to a list; a name that stands there takes over the new role and picture."""
    merged = {value.tag.casefold(): value for value in standing}
    for value in values:
        old = merged.get(value.tag.casefold())
        role = value.role if value.role is not None or old is None else old.role
        merged[value.tag.casefold()] = TagValue(old.tag if old else value.tag, role, value.thumb)
    return list(merged.values())


def _entry(parts: dict[str, str]) -> TagValue:
    return TagValue(parts.get("tag.tag", ""), parts.get("tagging.text"), parts.get("tag.thumb"))


def _check(edit: Edit) -> None:
    for name in edit.lists:
        edit.lists[name] = [value for value in edit.lists[name] if value.tag]
    date = edit.scalars.get("originallyAvailableAt")
    if date and not _DATE.fullmatch(date):
        raise RefusedError(400)
    rating = edit.scalars.get("userRating")
    if rating and not re.fullmatch(r"\d+(\.\d+)?", rating):
        raise RefusedError(400)


def _typed(name: str, value: str) -> Scalar:
    return float(value) if name == "userRating" and value else value
