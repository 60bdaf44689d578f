"""What the stand-in keeps about an item: the nouns of Plex's database.

The fields that an edit may change are named as in Plex's edit parameters (`titleSort`, `actor`),
not as in its answers (`Role`), because locks go by these names too.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath, PureWindowsPath

Scalar = str | int | float | bool
Files = str | Sequence[str] | Sequence[Sequence[str]]

# The numbers that Plex uses for kinds of items in `type=`.
TYPE_NUMBERS = {"movie": 1, "show": 2, "season": 3, "episode": 4, "clip": 12}

# Edit name -> element name, in the order in which Plex answers them.
TAG_ELEMENTS = {
    "genre": "Genre",
    "country": "Country",
    "collection": "Collection",
    "director": "Director",
    "writer": "Writer",
    "producer": "Producer",
    "actor": "Role",
    "label": "Label",
}

# As python-plexapi offers them for a movie and for an episode.
MOVIE_SCALARS = frozenset(
    {"title", "titleSort", "originalTitle", "summary", "tagline", "studio", "editionTitle"}
    | {"originallyAvailableAt", "contentRating", "userRating"}
)
EPISODE_SCALARS = MOVIE_SCALARS - {"originalTitle", "tagline", "studio", "editionTitle"}
EPISODE_TAGS = frozenset({"collection", "director", "label", "writer"})
PICTURES = {"posters": "thumb", "arts": "art"}


@dataclass(frozen=True, slots=True)
class TagValue:
    """One entry of a list field; `role` and `thumb` exist for actors only."""

    tag: str
    role: str | None = None
    thumb: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One file."""

    id: int
    file: str
    size: int = 13_400_382


@dataclass(frozen=True, slots=True)
class Media:
    """One version of an item; `proxy_type` is "42" for one that Plex converted itself."""

    id: int
    parts: tuple[Part, ...]
    proxy_type: str | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture that a client sent; `kind` is "posters" or "arts"."""

    kind: str
    sha1: str
    data: bytes

    @property
    def key(self) -> str:
        """The name under which the picture can be selected again."""
        return f"upload://{self.kind}/{self.sha1}"


@dataclass(slots=True, kw_only=True)
class Item:
    """A movie, clip, show or episode."""

    key: int
    section_key: int
    type: str
    scalars: dict[str, Scalar]
    tags: dict[str, list[TagValue]] = field(default_factory=dict)
    locked: set[str] = field(default_factory=set)
    media: list[Media] = field(default_factory=list)
    uploads: list[Upload] = field(default_factory=list)
    selected: dict[str, str] = field(default_factory=dict)
    picture_numbers: dict[str, int] = field(default_factory=dict)

    @property
    def thumb(self) -> str:
        """The poster's address; its number moves when the picture changes."""
        return self.picture("posters")

    @property
    def art(self) -> str:
        """The background's address; its number moves when the picture changes."""
        return self.picture("arts")

    @property
    def added_at(self) -> int:
        """Unix seconds."""
        return int(self.scalars["addedAt"])

    @property
    def updated_at(self) -> int:
        """Unix seconds of the latest change."""
        return int(self.scalars["updatedAt"])

    @property
    def files(self) -> Iterator[str]:
        """The path of every part, optimised versions included."""
        return (part.file for media in self.media for part in media.parts)

    def picture(self, kind: str) -> str:
        """Give the address of the selected picture of a kind, "posters" or "arts"."""
        return f"/library/metadata/{self.key}/{PICTURES[kind]}/{self.picture_numbers[kind]}"

    def picture_keys(self, kind: str) -> list[str]:
        """Name what can be selected: the agent's own picture first, then every upload."""
        default = f"metadata://{kind}/agent-{self.key}"
        return [default, *(upload.key for upload in self.uploads if upload.kind == kind)]

    def accepts_scalar(self, name: str) -> bool:
        """Tell whether an edit of this field has an effect."""
        return name in (EPISODE_SCALARS if self.type == "episode" else MOVIE_SCALARS)

    def accepts_tags(self, name: str) -> bool:
        """Tell whether an edit of this list has an effect."""
        return name in (EPISODE_TAGS if self.type == "episode" else TAG_ELEMENTS)

    def snapshot(self) -> Item:
        """Copy everything that can change later."""
        twin = copy.copy(self)
        twin.scalars, twin.locked = dict(self.scalars), set(self.locked)
        twin.tags = {name: list(values) for name, values in self.tags.items()}
        twin.media, twin.uploads = list(self.media), list(self.uploads)
        twin.selected, twin.picture_numbers = dict(self.selected), dict(self.picture_numbers)
        return twin


@dataclass(slots=True, kw_only=True)
class Section:
    """A library."""

    key: int
    title: str
    type: str
    agent: str
    uuid: str
    locations: tuple[str, ...]
    created_at: int
    scanned_at: int
    content_changed_at: int = 1
    refreshing: bool = False
    items: dict[int, Item] = field(default_factory=dict)
    on_disk: dict[str, None] = field(default_factory=dict)  # an ordered set of unscanned files

    @property
    def item_type(self) -> str:
        """What the files of this library become."""
        return "episode" if self.type == "show" else self.type


def own_hash(*parts: object) -> str:
    """Make a stable identifier out of what it identifies."""
    return hashlib.sha1(repr(parts).encode(), usedforsecurity=False).hexdigest()


def as_tag_values(name: str, values: Iterable[str | TagValue]) -> list[TagValue]:
    """Bring a list into the form in which Plex stores it.

    Plex keeps one tag per name whatever its case, and gives labels a capital first letter.
    """
    kept: dict[str, TagValue] = {}
    for value in values:
        entry = value if isinstance(value, TagValue) else TagValue(value)
        if name == "label":
            entry = TagValue(entry.tag[:1].upper() + entry.tag[1:])
        kept.setdefault(entry.tag.casefold(), entry)
    return list(kept.values())


def versions(files: Files) -> list[list[str]]:
    """Spell out what `add_item` takes: versions, each a list of its parts' paths."""
    if isinstance(files, str):
        return [[files]]
    return [[version] if isinstance(version, str) else list(version) for version in files]


def stem(file: str) -> str:
    """Give a file's name without folder and ending, for either kind of slash."""
    return PureWindowsPath(file).stem if "\\" in file else PurePosixPath(file).stem


def is_below(file: str, folder: str) -> bool:
    """Tell whether a file lies somewhere in a folder, or is what was named itself."""
    if file == folder:
        return True
    return any(file.startswith(folder.rstrip("/\\") + slash) for slash in "/\\")
