"""Edits of any kind with the item that they meet, and what it shall show afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from hypothesis import strategies as st

from demo.plexserver.items import Item, TagValue
from demo.plexserver.store import Store
from plex.edits import ListChange
from plex.item import Tag

Semantics = Literal["replace", "add"]

SCALARS = ("title", "summary", "studio", "contentRating", "tagline")
LISTS = ("genre", "actor", "collection", "label")
PICTURES = ("thumb", "art")
_CHARACTERS = st.characters(exclude_categories=["Cs"])
_TEXT = st.text(_CHARACTERS, min_size=1, max_size=40)
_LONG = st.builds(lambda text, times: text * times, _TEXT, st.integers(1, 30))
_ROLES = st.one_of(st.just(""), st.just("herself"), _TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One edit, and what stands in Plex before it."""

    standing: Mapping[str, tuple[Tag, ...]]
    standing_locks: frozenset[str]
    scalars: Mapping[str, str]
    lists: Mapping[str, ListChange]
    lock: frozenset[str]
    unlock: frozenset[str]

    @property
    def names(self) -> set[str]:
        """All fields that the edit is about."""
        return {*self.scalars, *self.lists, *self.lock, *self.unlock}

    def wanted(self, semantics: Semantics) -> dict[str, object]:
        """What the item shows afterwards, in the form of `shown`."""
        written = {*self.scalars, *self.lists}
        return {
            **self.scalars,
            **{name: listed(name, one.final, semantics) for name, one in self.lists.items()},
            "locked": (self.standing_locks | written | self.lock) - self.unlock,
        }


def listed(name: str, tags: tuple[Tag, ...], semantics: Semantics) -> object:
    """A list as it can be compared: a server that only adds keeps its own order and spelling."""
    if semantics == "add" or name == "label":
        pairs = [(tag.tag.casefold(), tag.role) for tag in tags]
        return pairs if semantics == "replace" else sorted(pairs)
    return [(tag.tag, tag.role) for tag in tags]


def shown(item: Item, sample: Sample, semantics: Semantics) -> dict[str, object]:
    """What the stand-in's item shows in the fields of the edit, and all its locks."""
    return {
        **{name: item.scalars.get(name, "") for name in sample.scalars},
        **{
            name: listed(
                name, tuple(Tag(v.tag, v.role or "") for v in item.tags.get(name, [])), semantics
            )
            for name in sample.lists
        },
        "locked": frozenset(item.locked),
    }


def store_with(sample: Sample) -> Store:
    """A stand-in's database whose item 1 is the one that the edit meets."""
    store = Store(machine_identifier="sample")
    store.add_section("Videos")
    add_item(store, sample)
    return store


def add_item(store: Store, sample: Sample) -> int:
    """Add the item that the edit meets; its rating key."""
    tags = {
        name: [TagValue(tag.tag, tag.role or None) for tag in standing]
        for name, standing in sample.standing.items()
    }
    return store.add_item(1, ["/media/a.mp4"], tags=tags, locked=sample.standing_locks)


def _tags(name: str) -> st.SearchStrategy[list[Tag]]:
    roles = _ROLES if name == "actor" else st.just("")
    return st.lists(
        st.builds(Tag, _TEXT, roles), max_size=12, unique_by=lambda tag: tag.tag.casefold()
    )


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    """An edit that leaves nothing unsaid: what stands there and shall not is removed by name."""
    standing = {name: tuple(draw(_tags(name))) for name in LISTS}
    lists = {}
    for name in draw(st.sets(st.sampled_from(LISTS))):
        stays = draw(st.sets(st.sampled_from(standing[name]))) if standing[name] else set()
        having = {tag.tag.casefold() for tag in stays}
        new = [tag for tag in draw(_tags(name)) if tag.tag.casefold() not in having]
        final = (*(tag for tag in standing[name] if tag in stays), *new)
        there = {tag.tag.casefold() for tag in final}
        gone = tuple(tag.tag for tag in standing[name] if tag.tag.casefold() not in there)
        lists[name] = ListChange(final, gone)
    scalars = draw(st.dictionaries(st.sampled_from(SCALARS), st.one_of(st.just(""), _LONG)))
    every = st.sampled_from((*SCALARS, *LISTS, *PICTURES))
    unlock = draw(st.frozensets(every))
    return Sample(
        standing=standing,
        standing_locks=draw(st.frozensets(every)),
        scalars=scalars,
        lists=lists,
        lock=draw(st.frozensets(every)) - unlock,
        unlock=unlock,
    )
