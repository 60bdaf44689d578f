"""A Plex server in a few lines: what an edit does to an item, by each way that servers may have.

What is not proven of Plex is a choice here: whether a list that is sent replaces or adds, whether a
removal tells upper from lower case, and whether a value that stands keeps its spelling.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from mirror.desired import tag_key
from mirror.edit import Edit, TagEdit
from plex.item import Item, Tag


@dataclass(frozen=True)
class Server:
    adds: bool
    removes_any_case: bool
    keeps_spelling: bool = False

    def carry_out(self, edit: Edit, item: Item) -> Item:
        """Return the item as it is after the edit's PUT, removals last."""
        scalars = {**item.scalars, **edit.scalars}
        tags = dict(item.tags)
        for name, change in edit.tags.items():
            tags[name] = self._list_after(change, item.tags.get(name, ()))
        locked = item.locked | edit.lock
        return replace(item, scalars=scalars, tags=tags, locked=locked)

    def _list_after(self, change: TagEdit, standing: tuple[Tag, ...]) -> tuple[Tag, ...]:
        after = [replace(tag, tag=self._spelled(tag.tag, standing)) for tag in change.final]
        if self.adds:
            sent = {tag.tag: tag for tag in after}
            there = {tag.tag for tag in standing}
            new = [tag for tag in after if tag.tag not in there]
            after = [sent.get(tag.tag, tag) for tag in standing] + new
        after = list({tag.tag: tag for tag in after}.values())
        return tuple(tag for tag in after if not self._removed(tag.tag, change.remove))

    def _spelled(self, value: str, standing: tuple[Tag, ...]) -> str:
        there = [tag.tag for tag in standing if tag_key(tag.tag) == tag_key(value)]
        return there[0] if self.keeps_spelling and there and value not in there else value

    def _removed(self, value: str, remove: tuple[str, ...]) -> bool:
        if self.removes_any_case:
            return tag_key(value) in {tag_key(gone) for gone in remove}
        return value in remove


EXACT = [Server(adds, any_case) for adds in (False, True) for any_case in (False, True)]
SERVERS = [*EXACT, Server(False, True, True), Server(True, True, True)]
every_server = pytest.mark.parametrize("server", SERVERS, ids=str)
