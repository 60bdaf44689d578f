"""One item of the byte stand-in of Plex: what the edits made of it, and its XML.

The edits are taken apart by the demo's own reading of them, so that a field means the same here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from bench import library
from demo.plexserver import edits
from demo.plexserver.items import MOVIE_SCALARS, TAG_ELEMENTS, TagValue, as_tag_values

Semantics = Literal["replace", "add"]

_QUOTES = {'"': "&quot;", "\n": "&#xA;"}


@dataclass(slots=True)
class Shown:
    """What an item shows.

    Attributes:
        scalars: Texts by Plex's names.
        tags: Lists by the names of edits.
        locked: Fields that are locked.
    """

    scalars: dict[str, str]
    tags: dict[str, list[TagValue]] = field(default_factory=dict)
    locked: set[str] = field(default_factory=set)

    def apply(self, query: str, semantics: Semantics) -> None:
        """Carry one edit out."""
        edit = edits.parse(parse_qsl(query, keep_blank_values=True))
        for name, value in edit.scalars.items():
            if name in MOVIE_SCALARS:
                self.scalars[name] = value
        for name, values in edit.lists.items():
            if name in TAG_ELEMENTS:
                standing = self.tags.get(name, []) if semantics == "add" else []
                self.tags[name] = as_tag_values(name, [*standing, *values])
        for name, texts in edit.removals.items():
            gone = {text.casefold() for text in texts}
            self.tags[name] = [
                one for one in self.tags.get(name, []) if one.tag.casefold() not in gone
            ]
        for name, is_locked in edit.locks.items():
            (self.locked.add if is_locked else self.locked.discard)(name)


def shown_after(number: int, queries: Iterable[str], semantics: Semantics) -> Shown:
    """What the item of a scene shows after some edits, oldest first."""
    shown = Shown({"title": PurePosixPath(library.file_name(number)).stem})
    for query in queries:
        shown.apply(query, semantics)
    return shown


def listed_xml(number: int, title: str, changed_at: int) -> bytes:
    """An item as a listing shows it, without what the plugin asks to leave out."""
    key = library.FIRST_KEY + number
    return (
        f'<Video ratingKey="{key}" key="/library/metadata/{key}" guid="local://{key}" '
        f'type="movie" title="{_text(title)}" thumb="/library/metadata/{key}/thumb/1" '
        f'art="/library/metadata/{key}/art/1" duration="30023" addedAt="{library.ADDED}" '
        f'updatedAt="{changed_at}">\n{_media(number, "")}</Video>\n'
    ).encode()


def full_xml(number: int, shown: Shown, changed_at: int) -> bytes:
    """An item as it is read by its key, with full tags and locks."""
    key = library.FIRST_KEY + number
    scalars = "".join(f' {name}="{_text(value)}"' for name, value in shown.scalars.items() if value)
    tags = "".join(
        _tag(TAG_ELEMENTS[name], name, place, one)
        for name, values in shown.tags.items()
        for place, one in enumerate(values)
    )
    locks = "".join(f'<Field locked="1" name="{name}" />\n' for name in sorted(shown.locked))
    return (
        f'<Video ratingKey="{key}" key="/library/metadata/{key}" guid="local://{key}" '
        f'type="movie"{scalars} thumb="/library/metadata/{key}/thumb/1" '
        f'art="/library/metadata/{key}/art/1" duration="30023" addedAt="{library.ADDED}" '
        f'updatedAt="{changed_at}" librarySectionID="{library.SECTION}" '
        f'librarySectionTitle="Videos" librarySectionKey="/library/sections/{library.SECTION}">\n'
        f"{_media(number, _STREAMS)}{tags}{locks}</Video>\n"
    ).encode()


_STREAMS = (
    '<Stream id="1" streamType="1" default="1" codec="h264" index="0" />\n'
    '<Stream id="2" streamType="2" selected="1" codec="aac" index="1" />\n'
)


def _media(number: int, streams: str) -> str:
    path = library.path_below(library.PLEX_FOLDER, number)
    return (
        f'<Media id="{number}" duration="30023" bitrate="3250" width="1280" height="720" '
        f'aspectRatio="1.78" audioChannels="2" audioCodec="aac" videoCodec="h264" '
        f'videoResolution="720" container="mp4" videoFrameRate="PAL" videoProfile="high">\n'
        f'<Part id="{number}" key="/library/parts/{number}/1775731696/file.mp4" duration="30023" '
        f'file="{path}" size="13400382" container="mp4" videoProfile="high">\n{streams}</Part>\n'
        f"</Media>\n"
    )


def _tag(element: str, name: str, place: int, one: TagValue) -> str:
    role = f' role="{_text(one.role)}"' if one.role else ""
    return f'<{element} id="{place}" filter="{name}={place}" tag="{_text(one.tag)}"{role} />\n'


def _text(value: str) -> str:
    return escape(value, _QUOTES)
