"""One item field by field: what Stash says, what Plex shows and will show, and whose that is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from mirror.desired import Desired
from mirror.edit import Edit, fields_of_type
from mirror.limits import told
from mirror.normal import normal_form, tag_key
from mirror.written import NOTHING_WRITTEN, Written
from plex.item import Item, Tag


class Row(TypedDict):
    """One field of one item; lists are joined."""

    field: str
    stash: str
    plex: str
    will_be: str
    locked: bool
    whose: str  # "ours", "person", "agent", "both", or "" where Plex shows nothing


def rows_of(desired: Desired, item: Item, written: Written | None, edit: Edit) -> list[Row]:
    """Every field that PlexSync writes and the item has, changed or not.

    Args:
        desired: What Stash wants.
        item: What stands in Plex.
        written: What the ledger knows of the item.
        edit: What would be written.
    """
    known = written or NOTHING_WRITTEN
    there = fields_of_type(item.type)
    rows: list[Row] = []
    for name, wanted in desired.scalars.items():
        shown = item.scalars.get(name, "")
        if name in there:
            is_locked = name in item.locked
            rows.append(
                Row(
                    field=name,
                    stash=wanted,
                    plex=shown,
                    will_be=edit.scalars.get(name, shown),
                    locked=is_locked,
                    whose=_whose_value(name, shown, known, is_locked=is_locked),
                )
            )
    for name, tags in desired.tags.items():
        standing = item.tags.get(name, ())
        if name in there:
            is_locked = name in item.locked
            change = edit.tags.get(name)
            rows.append(
                Row(
                    field=name,
                    stash=told(tags),
                    plex=told(standing),
                    will_be=told(change.final if change else standing),
                    locked=is_locked,
                    whose=_whose_list(name, standing, known, is_locked=is_locked),
                )
            )
    return rows


def _whose_value(name: str, shown: str, known: Written, *, is_locked: bool) -> str:
    if not normal_form(name, shown):
        return ""
    if known.owns(name, shown):
        return "ours"
    return "person" if is_locked else "agent"


def _whose_list(name: str, standing: Iterable[Tag], known: Written, *, is_locked: bool) -> str:
    shown = {tag_key(tag.tag) for tag in standing}
    ours = shown & known.values(name).keys()
    if not shown:
        return ""
    if ours == shown:
        return "ours"
    if ours:
        return "both"
    return "person" if is_locked else "agent"
