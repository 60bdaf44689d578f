"""A scene as Stash describes it: frozen facts, nothing that asks a server.

Empty text means that Stash has none. Lists keep the order in which Stash gives them.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A tag, group or parent studio: its Stash id and its name.

    Attributes:
        parents: Of a tag, all those above it, nearest first; empty where they were not asked for.
    """

    id: int
    name: str
    parents: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Performer:
    """A performer; `disambiguation` tells apart people of one name, mostly empty."""

    id: int
    name: str
    disambiguation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """A studio and the studio it belongs to."""

    id: int
    name: str
    parent: Named | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that PlexSync reads of one scene."""

    id: int
    title: str = ""
    details: str = ""
    director: str = ""
    date: str = ""  # "2024-05-17", or partial: "2024-05", "2024"
    rating100: int | None = None
    organized: bool = False
    updated_at: str = ""  # Stash's own string, never parsed and written back
    files: tuple[str, ...] = ()  # full paths on Stash's side, the primary file first
    studio: Studio | None = None
    performers: tuple[Performer, ...] = ()
    tags: tuple[Named, ...] = ()
    groups: tuple[Named, ...] = ()
    source: bytes = field(default=b"", compare=False)  # digest of its bytes, see `stash.sources`
    cover: str = ""  # path and query below Stash's address; its `?t=` moves with `updated_at`
