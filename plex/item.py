"""An item as Plex describes it: frozen facts, nothing that asks a server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# What one edit may carry, by Plex's own names (the ones in `<Field name=... locked="1"/>`).
SCALAR_FIELDS = (
    "title",
    "titleSort",
    "summary",
    "studio",
    "originallyAvailableAt",
    "contentRating",
    "userRating",
)
TAG_FIELDS = ("genre", "actor", "director", "collection", "label")


@dataclass(frozen=True, slots=True)
class Tag:
    """One value of a list field. Role and thumb are empty but for actors.

    Attributes:
        tag: The value, as a person reads it.
        role: What an actor plays.
        thumb: Address of the actor's picture; it belongs to the name, server-wide.
    """

    tag: str
    role: str = ""
    thumb: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item with full tags and locks, as only `/library/metadata/...` gives them.

    Listings truncate tags and leave locks out, so no `Item` is ever made from a listing.
    """

    rating_key: int
    type: str  # "movie", "episode", "clip"
    section_key: int = 0  # 0 and "" where the answer does not say
    section_uuid: str = ""
    scalars: Mapping[str, str] = field(default_factory=dict)  # by SCALAR_FIELDS; absent = empty
    tags: Mapping[str, tuple[Tag, ...]] = field(default_factory=dict)  # by TAG_FIELDS
    locked: frozenset[str] = frozenset()  # field names; "thumb" and "art" too
    files: tuple[str, ...] = ()  # of all parts of all media, optimised versions left out
    thumb: str = ""  # its last number moves when the picture changes
    art: str = ""
