"""What is known of a server's limits: values that it did not take are not written for ever.

A value that Plex refused in full stands there cut, and one that it took without showing it is named
to a person. Either is tried again only when Stash asks for something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mirror.desired import normal_form
from mirror.edit import Edit, TagEdit
from mirror.records import SceneDetail
from plex.item import Item, Tag


def within_limits(edit: Edit, item: Item, detail: SceneDetail | None) -> Edit:
    """Return `edit` without what the server is known not to take.

    Args:
        edit: What should be written.
        item: What stands there.
        detail: What was learned at the last sync of the same scene.
    """
    if detail is None or not (detail.cut or detail.refused):
        return edit
    scalars = {
        name: value
        for name, value in edit.scalars.items()
        if not _is_cut(name, value, item, detail) and not _is_refused(name, value, detail)
    }
    tags = {
        name: change
        for name, change in edit.tags.items()
        if not _is_cut_list(name, change, item, detail)
        and not _is_refused(name, told(change.final), detail)
    }
    if len(scalars) == len(edit.scalars) and len(tags) == len(edit.tags):
        return edit
    left_out = {*edit.scalars, *edit.tags} - {*scalars, *tags}
    lock = edit.lock - left_out if scalars or tags else frozenset[str]()
    replaced = {name: value for name, value in edit.replaced.items() if name not in left_out}
    return replace(edit, scalars=scalars, tags=tags, lock=lock, replaced=replaced)


def told(tags: tuple[Tag, ...]) -> str:
    """A list as it is told to a person."""
    return ", ".join(tag.tag for tag in tags)


def not_taken(
    scalars: Mapping[str, str], lists: Mapping[str, tuple[Tag, ...]], shown: Item
) -> dict[str, str]:
    """Return the fields that an item does not show as they were written, with what was written.

    Args:
        scalars: Single values that were written; the text as it was sent, cut or not.
        lists: Lists that were written.
        shown: The item as it was read afterwards.
    """
    wrong = {
        name: value
        for name, value in scalars.items()
        if normal_form(name, value) != normal_form(name, shown.scalars.get(name, ""))
        and not _is_derived(name, value, shown)
    }
    for name, wanted in lists.items():
        there = {normal_form(name, tag.tag).casefold() for tag in shown.tags.get(name, ())}
        if there != {normal_form(name, tag.tag).casefold() for tag in wanted}:
            wrong[name] = told(wanted)
    return wrong


def _is_derived(name: str, value: str, shown: Item) -> bool:
    """Whether Plex fills a field by itself: a title from the file, a sort title from the title."""
    if name == "titleSort":
        return not value or not shown.scalars.get(name)
    return name == "title" and not value


def _is_cut(name: str, value: str, item: Item, detail: SceneDetail) -> bool:
    cut = detail.cut.get(name)
    shown = normal_form(name, item.scalars.get(name, ""))
    return cut is not None and value.startswith(cut) and shown == normal_form(name, cut)


def _is_cut_list(name: str, change: TagEdit, item: Item, detail: SceneDetail) -> bool:
    """Whether all that would change is that values come which were left out before."""
    cut = detail.cut.get(name)
    standing = item.tags.get(name, ())
    there = {tag.tag for tag in standing}
    missing = tuple(tag for tag in change.final if tag.tag not in there)
    if cut is None or not missing or {*change.final} - {*missing} != {*standing}:
        return False
    return f", {cut}".endswith(f", {told(missing)}")


def _is_refused(name: str, value: str, detail: SceneDetail) -> bool:
    return detail.refused.get(name) == value
