"""Plex's answers, read into frozen facts: XML as Plex sends it unasked, JSON all the same.

Shapes are those of the recordings that `tests/standins` reads. Whatever cannot be read raises
`UnreadableAnswerError`, so that garbage, a proxy's HTML page or a cut answer is never "not there".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from errors import UnreadableAnswerError
from plex.item import SCALAR_FIELDS, Item, Tag

_TAG_ELEMENTS = {
    "Genre": "genre",
    "Role": "actor",
    "Director": "director",
    "Collection": "collection",
    "Label": "label",
}
_OPTIMISED = "42"  # `proxyType` of a version that Plex made itself
_NOT_XML = bytes({*range(0x20)} - {0x09, 0x0A, 0x0D})
_LONGEST_NUMBER = 18  # digits; with one more it may be none that a database keeps


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One Plex library.

    Attributes:
        key: The number in its address.
        type: "movie" (also "Other Videos"), "show", "artist", "photo".
        content_changed_at: A counter; unequal means that something changed.
        locations: The folders it is made of, as Plex sees them.
    """

    key: int
    type: str
    title: str
    agent: str = ""
    uuid: str = ""
    content_changed_at: str = ""
    locations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedItem:
    """What a listing is trusted for: which item holds which files, and when it last changed.

    Attributes:
        changed_at: When Plex added or last changed it, in Unix seconds of the server's clock; 0
            where the answer does not say.
    """

    rating_key: int
    title: str
    files: tuple[str, ...]
    changed_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One poster or background that Plex holds for an item."""

    key: str  # `upload://posters/<sha1>` for an upload
    selected: bool


def read_machine_identifier(body: bytes) -> str:
    """The server's name for itself, from `/identity` or `/`."""
    identifier = parse(body).get("machineIdentifier")
    if not identifier:
        raise UnreadableAnswerError("Plex's answer to /identity names no machineIdentifier")
    return identifier


def read_sections(body: bytes) -> tuple[Section, ...]:
    """The libraries of `/library/sections`."""
    return tuple(
        Section(
            key=_number(one.get("key"), "section"),
            type=one.get("type", ""),
            title=one.get("title", ""),
            agent=one.get("agent", ""),
            uuid=one.get("uuid", ""),
            content_changed_at=one.get("contentChangedAt", ""),
            locations=tuple(
                place.get("path", "") for place in one.iter("Location") if place.get("path")
            ),
        )
        for one in parse(body)
        if one.tag == "Directory" and one.get("key")
    )


def read_items(body: bytes) -> tuple[Item, ...]:
    """The items of `/library/metadata/1,2,3`, with full tags and locks."""
    container = parse(body)
    return tuple(_read_item(one, container) for one in container if one.get("ratingKey"))


def _read_item(one: ElementTree.Element, container: ElementTree.Element) -> Item:
    tags: dict[str, list[Tag]] = {}
    for child in one:
        name = _TAG_ELEMENTS.get(child.tag)
        if name and child.get("tag"):
            tag = Tag(child.get("tag", ""), child.get("role", ""), child.get("thumb", ""))
            tags.setdefault(name, []).append(tag)
    section = one.get("librarySectionID") or container.get("librarySectionID") or "0"
    return Item(
        rating_key=_number(one.get("ratingKey"), "item"),
        type=one.get("type", ""),
        section_key=_number(section, "librarySectionID"),
        section_uuid=one.get("librarySectionUUID") or container.get("librarySectionUUID") or "",
        scalars={name: one.get(name, "") for name in SCALAR_FIELDS if one.get(name)},
        tags={name: tuple(values) for name, values in tags.items()},
        locked=frozenset(
            lock.get("name", "")
            for lock in one.iter("Field")
            if lock.get("locked") in {"1", "true", "True"}
        ),
        files=tuple(_files(one)),
        thumb=one.get("thumb", ""),
        art=one.get("art", ""),
    )


def _files(one: ElementTree.Element) -> Iterator[str]:
    for media in one.iter("Media"):
        if media.get("proxyType") != _OPTIMISED:
            yield from (part.get("file", "") for part in media.iter("Part") if part.get("file"))


def read_pictures(body: bytes) -> tuple[Picture, ...]:
    """The answer of `/library/metadata/1/posters` or `/arts`."""
    return tuple(
        Picture(
            key=one.get("ratingKey") or one.get("key") or "",
            selected=one.get("selected") in {"1", "true", "True"},
        )
        for one in parse(body)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a listing.

    Attributes:
        size: How many items came, with or without files: advance by this.
        total: How many there are in all, as the server says.
    """

    items: tuple[ListedItem, ...]
    size: int
    total: int


def read_page(pieces: Iterable[bytes]) -> Page:
    """Read one page of a listing as it arrives, without building a tree of it.

    Args:
        pieces: The body in any cut. A JSON body is put together first.

    Raises:
        UnreadableAnswerError: No XML, or it ends early.
    """
    stream = iter(pieces)
    first = next(stream, b"")
    if first.lstrip()[:1] == b"{":
        return _page_of(parse(first + b"".join(stream)))
    reader = _PageReader()
    return reader.read(first, stream)


def _page_of(container: ElementTree.Element) -> Page:
    items = tuple(
        ListedItem(
            rating_key=_number(one.get("ratingKey"), "item"),
            title=one.get("title", ""),
            files=tuple(_files(one)),
            changed_at=_changed_at(one.attrib),
        )
        for one in container
        if one.get("ratingKey")
    )
    return _page(items, container.attrib)


def _page(items: tuple[ListedItem, ...], container: Mapping[str, str]) -> Page:
    size = _number(container.get("size") or str(len(items)), "size")
    total = _number(container.get("totalSize") or str(size), "totalSize")
    return Page(items=items, size=size, total=total)


class _PageReader:
    """A streaming reader: only keys, titles and file paths survive an element's end."""

    def __init__(self) -> None:
        self._items: list[ListedItem] = []
        self._container: dict[str, str] | None = None
        self._item: dict[str, str] | None = None
        self._files: list[str] = []
        self._is_optimised = False
        self._depth = 0

    def read(self, first: bytes, rest: Iterable[bytes]) -> Page:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            parser.Parse(first.translate(None, _NOT_XML), False)
            for piece in rest:
                parser.Parse(piece.translate(None, _NOT_XML), False)
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, LookupError) as error:  # the last two: its encoding
            raise UnreadableAnswerError("Plex's listing is no complete XML") from error
        if self._container is None:
            raise UnreadableAnswerError("Plex's listing holds no MediaContainer")
        return _page(tuple(self._items), self._container)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1:
            if name != "MediaContainer":
                raise UnreadableAnswerError(f"Plex's listing is a {name[:40]!r}")
            self._container = attributes
        elif self._depth == 2 and "ratingKey" in attributes:
            self._item = attributes
            self._files = []
        elif name == "Media":
            self._is_optimised = attributes.get("proxyType") == _OPTIMISED
        elif name == "Part" and not self._is_optimised and attributes.get("file"):
            self._files.append(attributes["file"])

    def _end(self, _name: str) -> None:
        if self._depth == 2 and self._item is not None:
            listed = ListedItem(
                rating_key=_number(self._item.get("ratingKey"), "item"),
                title=self._item.get("title", ""),
                files=tuple(self._files),
                changed_at=_changed_at(self._item),
            )
            self._items.append(listed)
            self._item = None
            self._is_optimised = False
        self._depth -= 1


def parse(body: bytes) -> ElementTree.Element:
    """The `MediaContainer` of an answer, whichever of its two languages it speaks.

    Raises:
        UnreadableAnswerError: Neither, cut short, or something else than a container.
    """
    start = body.lstrip()[:1]
    container = _from_json(body) if start == b"{" else _from_xml(body)
    if container.tag != "MediaContainer":
        raise UnreadableAnswerError(f"Plex answered a {container.tag[:40]!r}, no MediaContainer")
    return container


def _from_xml(body: bytes) -> ElementTree.Element:
    body = body.translate(None, _NOT_XML)
    if b"<!DOCTYPE" in body:  # HTML, or entities that no Plex answer needs
        raise UnreadableAnswerError("Plex's answer is a web page, no XML")
    try:
        return ElementTree.fromstring(body)  # noqa: S314 - no DOCTYPE in it
    except (ElementTree.ParseError, ValueError, LookupError) as error:  # the last two: its encoding
        raise UnreadableAnswerError("Plex's answer is no complete XML") from error


def _from_json(body: bytes) -> ElementTree.Element:
    try:
        outer = json.loads(body)
        container = outer.get("MediaContainer") if isinstance(outer, dict) else None
        if isinstance(container, dict):
            return _element("MediaContainer", container)
    except (ValueError, RecursionError) as error:
        raise UnreadableAnswerError("Plex's answer is no complete JSON") from error
    raise UnreadableAnswerError("Plex's answer holds no MediaContainer")


def _element(name: str, fields: dict[str, Any]) -> ElementTree.Element:
    """The same tree that the XML answer would have been: scalars are attributes, lists children."""
    element = ElementTree.Element(name)
    for key, value in fields.items():
        if isinstance(value, bool):
            element.set(key, "1" if value else "0")
        elif isinstance(value, str | int | float):
            # A lone half of a pair, which JSON can name, can be neither sent nor kept.
            element.set(key, str(value).encode("utf-8", "replace").decode("utf-8"))
        elif isinstance(value, list):
            element.extend(_element(key, one) for one in value if isinstance(one, dict))
    return element


def _changed_at(attributes: Mapping[str, str]) -> int:
    told = (attributes.get(name, "") for name in ("addedAt", "updatedAt"))
    return max(int(one) if _is_number(one) else 0 for one in told)


def _refuse_doctype(*_: object) -> None:
    raise UnreadableAnswerError("Plex's answer is a web page, no XML")


def _number(text: str | None, what: str) -> int:
    if text is None or not _is_number(text):
        told = repr(text)[:60]
        raise UnreadableAnswerError(f"Plex's answer holds no number for {what}: {told}")
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
