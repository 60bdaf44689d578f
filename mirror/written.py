"""What the ledger knows of one item: what Stash asked for, and what stood there before us.

A write that was begun and never confirmed may have reached Plex or not. What it asked for is
therefore ours, so that it is never taken for a person's; but that it is missing in Plex proves
nothing, so that it is never taken for removed by a person either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mirror.desired import normal_form, tag_key
from plex.item import Item, Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One field as it stood in Plex before our first write of it; undo gives it back."""

    value: str = ""
    tags: tuple[Tag, ...] = ()
    locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What Stash asked for in one write, by field; a list in Stash's order."""

    scalars: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the ledger knows of one item.

    Attributes:
        asked_scalars: What Stash asked for in our last confirmed write.
        asked_tags: The same for lists, also values that stood there already.
        before: What stood there before our first write of each field; never a value of ours.
        removed: Values that we took out of a list, because Stash had asked for them once; undo
            brings back those of them that stood there before.
        unsure: Writes that were begun after that and never confirmed, oldest first.
    """

    asked_scalars: Mapping[str, str] = field(default_factory=dict)
    asked_tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    before: Mapping[str, Standing] = field(default_factory=dict)
    removed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unsure: tuple[Asked, ...] = ()

    def settled(self, item: Item) -> Asked:
        """Return what we last asked for, as far as the item tells which write it was."""
        asked = self._all()
        return Asked(
            scalars={
                name: self._last_asked(name, item.scalars.get(name, ""))
                for name in dict.fromkeys(name for one in asked for name in one.scalars)
            },
            tags={
                name: tuple(dict.fromkeys(tag for tags in self._lists(name) for tag in tags))
                for name in dict.fromkeys(name for one in asked for name in one.tags)
            },
        )

    def owns(self, name: str, value: str) -> bool:
        """Tell whether the field `name` showing `value` may be our own doing."""
        shown = normal_form(name, value)
        return any(normal_form(name, ours) == shown for ours in self._scalars(name))

    def values(self, name: str) -> dict[str, set[str]]:
        """Return every value of a list that may be ours, by `tag_key`, in each spelling."""
        ours: dict[str, set[str]] = {}
        for tags in self._lists(name):
            for tag in tags:
                ours.setdefault(tag_key(tag), set()).add(tag)
        return ours

    def surely_written(self, name: str) -> set[str]:
        """Return the keys of the values that were in Plex after our last write, come what may."""
        if name not in self.asked_tags:
            return set()
        return set.intersection(*({tag_key(tag) for tag in tags} for tags in self._lists(name)))

    def _last_asked(self, name: str, value: str) -> str:
        """Return the newest that the item shows; else the oldest, the only one that is sure."""
        shown = normal_form(name, value)
        asked = self._scalars(name)
        return next((v for v in reversed(asked) if normal_form(name, v) == shown), asked[0])

    def _scalars(self, name: str) -> list[str]:
        return [one.scalars[name] for one in self._all() if name in one.scalars]

    def _lists(self, name: str) -> list[tuple[str, ...]]:
        return [one.tags[name] for one in self._all() if name in one.tags]

    def _all(self) -> tuple[Asked, ...]:
        return (Asked(scalars=self.asked_scalars, tags=self.asked_tags), *self.unsure)


NOTHING_WRITTEN = Written()
