"""What the ledger knows of one item: what Stash asked for, and what stood there before us.

A write that was begun and never confirmed may have reached Plex or not. What it asked for is
therefore ours, so that it is never taken for a person's; but that it is missing in Plex proves
nothing, so that it is never taken for removed by a person either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mirror.normal import normal_form, same_spelling, tag_key
from plex.item import Item, Tag

_ROLE = "actor/role/"


def role_field(actor: str) -> str:
    """Return the name by which the ledger knows the role of the actor of this name."""
    return f"{_ROLE}{tag_key(actor)}"


def is_role_field(name: str) -> bool:
    """Tell whether the ledger speaks of an actor's role by this name."""
    return name.startswith(_ROLE)


def spellings_field(name: str) -> str:
    """Return the name by which the ledger knows earlier spellings of values of a list."""
    return f"{name}/spellings"


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
        asked_scalars: What Stash asked for in our last confirmed write. An actor's role is a
            single value, too, by the name that `role_field` gives it.
        asked_tags: The same for lists, also values that stood there already. By the name that
            `spellings_field` gives: spellings that Stash had before and that stood in Plex still.
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
        if not self.unsure:
            tags = {name: tuple(dict.fromkeys(some)) for name, some in self.asked_tags.items()}
            return Asked(scalars=self.asked_scalars, tags=tags)
        asked = self._all()
        return Asked(
            scalars={
                name: self._last_asked(name, item.scalars.get(name, ""))
                for name in dict.fromkeys(name for one in asked for name in one.scalars)
            },
            tags={
                name: self._settled_list(name, item)
                for name in dict.fromkeys(name for one in asked for name in one.tags)
            },
        )

    def asked_for(self, name: str) -> set[str]:
        """Return every value that may have been the last one asked for; several while unsure."""
        return set(self._scalars(name))

    def surely_asked_for(self, name: str, value: str) -> bool:
        """Tell whether this was the last value asked for, and Plex took it."""
        return self.asked_scalars.get(name) == value and self.asked_for(name) == {value}

    def owns(self, name: str, value: str) -> bool:
        """Tell whether the field `name` showing `value` may be our own doing."""
        shown = normal_form(name, value)
        return any(
            ours == value or normal_form(name, ours) == shown for ours in self._scalars(name)
        )

    def values(self, name: str) -> dict[str, set[str]]:
        """Return every value of a list that may be ours, by `tag_key`, in each spelling."""
        ours: dict[str, set[str]] = {}
        for tags in (*self._lists(name), *self._lists(spellings_field(name))):
            for tag in tags:
                ours.setdefault(tag_key(tag), set()).add(tag)
        return ours

    def spelled_otherwise(self, name: str, value: str) -> bool:
        """Tell whether a write asked for `value` of a list in another upper and lower case."""
        key = tag_key(value)
        asked = (next((t for t in tags if tag_key(t) == key), value) for tags in self._lists(name))
        return not all(same_spelling(one, value) for one in asked)

    def surely_written(self, name: str) -> set[str]:
        """Return the keys of the values that were in Plex after our last write, come what may."""
        if name not in self.asked_tags:
            return set()
        return set.intersection(*({tag_key(tag) for tag in tags} for tags in self._lists(name)))

    def _settled_list(self, name: str, item: Item) -> tuple[str, ...]:
        """Return what was asked for but for what is missing because of an unsure write."""
        there = {tag_key(tag.tag) for tag in item.tags.get(name, ())}
        lists = self._lists(name)
        sure = set.intersection(*({tag_key(tag) for tag in tags} for tags in lists))
        asked = dict.fromkeys(tag for tags in lists for tag in tags)
        return tuple(tag for tag in asked if tag_key(tag) in there | sure)

    def _last_asked(self, name: str, value: str) -> str:
        """Return the newest that the item shows; else the oldest, the only one that is sure."""
        shown = normal_form(name, value)
        asked = self._scalars(name)
        return next((v for v in reversed(asked) if normal_form(name, v) == shown), asked[0])

    def _scalars(self, name: str) -> list[str]:
        sure = [self.asked_scalars[name]] if name in self.asked_scalars else []
        return sure + [one.scalars[name] for one in self.unsure if name in one.scalars]

    def _lists(self, name: str) -> list[tuple[str, ...]]:
        sure = [self.asked_tags[name]] if name in self.asked_tags else []
        return sure + [one.tags[name] for one in self.unsure if name in one.tags]

    def _all(self) -> tuple[Asked, ...]:
        return (Asked(scalars=self.asked_scalars, tags=self.asked_tags), *self.unsure)


NOTHING_WRITTEN = Written()
