"""The rows of the stand-in: scenes, their files, and what they point at.

A field is replaced, never changed in place, so that a reader without the store's lock sees one
state or the other. Times are text as Stash stores them, RFC 3339 in the server's own offset.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Kind = Literal["Performer", "Studio", "Tag", "Group"]
KINDS: tuple[Kind, ...] = ("Performer", "Studio", "Tag", "Group")

# What a field that was never set answers; names are GraphQL's.
_SHARED: dict[str, object] = {"rating100": None, "urls": (), "tag_ids": ()}
_NAMED: dict[str, object] = {"favorite": False, "ignore_auto_tag": False, "stash_ids": ()}
UNSET: Mapping[Kind, Mapping[str, object]] = {
    "Performer": {
        **_SHARED,
        **_NAMED,
        "disambiguation": "",
        "gender": None,
        "birthdate": None,
        "country": "",
        "alias_list": (),
        "details": "",
    },
    "Studio": {**_SHARED, **_NAMED, "aliases": (), "details": ""},
    "Tag": {**_NAMED, "sort_name": "", "description": "", "aliases": ()},
    "Group": {
        **_SHARED,
        "aliases": "",
        "duration": None,
        "date": None,
        "director": "",
        "synopsis": "",
    },
}


@dataclass(slots=True, kw_only=True)
class VideoFile:
    """A file that a scan has seen; its oshash tells a renamed file from a new one."""

    id: int
    path: str
    oshash: str
    mod_time: str
    created_at: str
    updated_at: str
    size: int = 1_000_000
    format: str = "mp4"
    width: int = 320
    height: int = 180
    duration: float = 3.0
    video_codec: str = "h264"
    audio_codec: str = "aac"
    frame_rate: float = 25.0
    bit_rate: int = 100_000

    @property
    def basename(self) -> str:
        """The last part of the path."""
        return posixpath.basename(self.path)

    @property
    def fingerprints(self) -> list[dict[str, str]]:
        """As GraphQL shows them."""
        return [{"type": "oshash", "value": self.oshash}]


@dataclass(frozen=True, slots=True, kw_only=True)
class StashId:
    """The id of a scene in a stash-box."""

    endpoint: str
    stash_id: str
    updated_at: str


@dataclass(slots=True, kw_only=True)
class Scene:
    """A scene; what it points at it names by id."""

    id: int
    created_at: str
    updated_at: str
    title: str = ""
    code: str = ""
    details: str = ""
    director: str = ""
    urls: tuple[str, ...] = ()
    date: str | None = None
    rating100: int | None = None
    organized: bool = False
    studio_id: int | None = None
    performer_ids: tuple[int, ...] = ()
    tag_ids: tuple[int, ...] = ()
    group_indexes: tuple[tuple[int, int | None], ...] = ()  # group id, scene_index
    file_ids: tuple[int, ...] = ()  # the first is the primary file
    stash_ids: tuple[StashId, ...] = ()
    cover: bytes | None = None
    play_history: tuple[str, ...] = ()
    o_history: tuple[str, ...] = ()
    play_duration: float = 0.0
    resume_time: float = 0.0

    @property
    def o_counter(self) -> int:
        """How often the O button was pressed."""
        return len(self.o_history)

    @property
    def play_count(self) -> int:
        """How often the scene was played."""
        return len(self.play_history)

    @property
    def last_played_at(self) -> str | None:
        """The newest entry of the history."""
        return max(self.play_history, default=None)


@dataclass(slots=True, kw_only=True)
class Named:
    """A performer, studio, tag or group.

    Attributes:
        parent_ids: A studio's one parent, a tag's parents.
        values: Every other field that was set, by its GraphQL name; see `UNSET`.
    """

    id: int
    kind: Kind
    name: str
    created_at: str
    updated_at: str
    image: bytes | None = None
    back_image: bytes | None = None
    parent_ids: tuple[int, ...] = ()
    studio_id: int | None = None
    values: dict[str, object] = field(default_factory=dict)

    def value(self, name: str) -> object:
        """A field by its GraphQL name."""
        return self.values.get(name, UNSET[self.kind].get(name))

    @property
    def disambiguation(self) -> str:
        """What tells two performers of one name apart."""
        return str(self.value("disambiguation") or "")


@dataclass(slots=True, kw_only=True)
class Marker:
    """A place in a scene."""

    id: int
    scene_id: int
    title: str
    seconds: float
    end_seconds: float | None
    primary_tag_id: int
    tag_ids: tuple[int, ...]
    created_at: str
    updated_at: str


def unix_seconds(text: str) -> int:
    """The moment that a time's text means."""
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())
