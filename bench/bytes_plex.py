"""The byte stand-in of Plex: pages of a listing and items as prepared XML, and writes that stay.

A write is only noted when it comes. What it made of its item is worked out when the item is read
again, or between two measurements when the benchmark asks for it (`prepare`). As in Plex, every
write moves the item's `updatedAt` and the library's counter.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote

from bench import library
from bench.bytes_item import Semantics, full_xml, listed_xml, shown_after
from bench.bytes_server import Answer, Request, serve, window
from bench.library import ADDED, FIRST_KEY, MACHINE, PLEX_FOLDER, SECTION, SECTION_UUID

PAGE = 1000
_ITEMS = re.compile(r"/library/metadata/(\d[\d,]*)")
_ID = re.compile(r"(?:^|&)id=([^&]*)")
_NUMBERED = re.compile(r"scene (\d{6})\.mp4")
_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_LIBRARY = 'identifier="com.plexapp.plugins.library" mediaTagVersion="1775731696"'
_PLACE = (
    f'librarySectionID="{SECTION}" librarySectionTitle="Videos" librarySectionUUID="{SECTION_UUID}"'
)
_IDENTITY = _HEAD + (
    f'<MediaContainer size="0" apiVersion="1.2.0" claimed="1" machineIdentifier="{MACHINE}" '
    f'version="1.42.1.10060"></MediaContainer>\n'.encode()
)
_FULL_CONTAINER = f'<MediaContainer size="%d" allowSync="1" {_LIBRARY} {_PLACE}>\n'.encode()


class BytesPlex:
    """What is served.

    Args:
        items: How many there are, one for each scene.
    """

    content_type = "text/xml;charset=utf-8"

    def __init__(self, items: int) -> None:
        self._listed = [_listed(number) for number in range(1, items + 1)]
        self._pages: dict[int, bytes] = {}
        for page in range(0, items, PAGE):
            self._pages[page] = b"".join(self._listed[page : page + PAGE])
        self._full: dict[int, bytes] = {}
        self._edits: dict[int, list[str]] = {}
        self._touched: dict[int, int] = {}  # when each item was written, the newest last
        self._added: dict[int, int] = {}
        self._semantics: Semantics = "replace"
        self._is_forgetful = False
        self._counter = 1

    def answer(self, request: Request) -> Answer:
        """The answer to one request."""
        path, _, query = request.target.partition("?")
        found = _ITEMS.fullmatch(path)
        if found:
            numbers = [int(key) - FIRST_KEY for key in found[1].split(",")]
            if request.method == "PUT":
                return self._write(numbers, query)
            return Answer("metadata", self._metadata(numbers))
        if path == f"/library/sections/{SECTION}/all":
            is_edit = request.method == "PUT"
            return self._write_several(query) if is_edit else self._listing(request, query)
        if path == "/library/sections":
            return Answer("sections", self._sections())
        if path == "/identity":
            return Answer("identity", _IDENTITY)
        return Answer("unknown", b"", 404)

    def obey(self, word: str, told: Mapping[str, Any]) -> object:
        """Do what the benchmark asks for; see `bench.standin`."""
        words: dict[str, Callable[[], object]] = {
            "add": self._add,
            "prepare": self._prepare,
            "semantics": lambda: setattr(self, "_semantics", told["semantics"]),
            "forgetful": lambda: setattr(self, "_is_forgetful", bool(told["is"])),
        }
        return words[word]()

    # Writing

    def _write(self, numbers: Iterable[int], query: str) -> Answer:
        if not self._is_forgetful:
            now = int(time.time())
            self._counter += 1
            for number in numbers:
                self._edits.setdefault(number, []).append(query)
                self._full.pop(number, None)
                self._touched.pop(number, None)
                self._touched[number] = now
                self._pages.pop((number - 1) // PAGE * PAGE, None)
        return Answer("edit", b"")

    def _write_several(self, query: str) -> Answer:
        """One edit for the items in `id=`; without one Plex takes it for all of the library."""
        named = _ID.search(query)
        keys = unquote(named[1]).split(",") if named and named[1] else []
        everyone = range(1, len(self._listed) + 1)
        return self._write([int(key) - FIRST_KEY for key in keys] or everyone, query)

    def _add(self) -> int:
        """One more item, for the scene of that number."""
        self._listed.append(_listed(len(self._listed) + 1, changed_at=int(time.time())))
        number = len(self._listed)
        self._added[number] = int(time.time())
        self._counter += 1
        self._pages.pop((number - 1) // PAGE * PAGE, None)
        return number

    def _prepare(self) -> int:
        """Work out what all written items show, so that no measured answer has to."""
        for number in self._edits:
            self._piece(number)
        for start in range(0, len(self._listed), PAGE):
            self._page(start)
        return len(self._edits)

    # Reading

    def _metadata(self, numbers: Sequence[int]) -> bytes:
        pieces = [self._piece(one) for one in numbers if 0 < one <= len(self._listed)]
        return b"".join([_HEAD, _FULL_CONTAINER % len(pieces), *pieces, b"</MediaContainer>\n"])

    def _piece(self, number: int) -> bytes:
        piece = self._full.get(number)
        if piece is None:
            shown = shown_after(number, self._edits.get(number, ()), self._semantics)
            piece = full_xml(number, shown, self._touched.get(number, ADDED))
            if number in self._edits:
                self._full[number] = piece
                changed_at = self._touched.get(number, ADDED)
                self._listed[number - 1] = listed_xml(number, shown.scalars["title"], changed_at)
        return piece

    def _listing(self, request: Request, query: str) -> Answer:
        filters = dict(parse_qsl(query, keep_blank_values=True))
        asked = window(request)
        start, size = asked.get("start", 0), asked.get("size", PAGE)
        names, newest = filters.get("file"), filters.get("sort", "").endswith("At:desc")
        later = next((name for name in filters if name.startswith(("addedAt>>", "updatedAt"))), "")
        if names is not None:
            found = [int(one) for one in _NUMBERED.findall(names)]
            return Answer("lookup", self._some([n for n in found if n <= len(self._listed)], start))
        if later:
            changed = self._since(later, int(filters[later]))
            return Answer("changes", self._some(changed[start : start + size], start, len(changed)))
        if newest:
            last = next(reversed(self._touched or self._added), 1)
            return Answer("newest", self._some([last], start, len(self._listed)))
        if start % PAGE == 0 and size == PAGE:
            return Answer("listing", self._container(self._page(start), start))
        numbers = range(start + 1, min(start + size, len(self._listed)) + 1)
        return Answer("listing", self._some(numbers, start, len(self._listed)))

    def _page(self, start: int) -> bytes:
        page = self._pages.get(start)
        if page is None:
            for number in range(start + 1, min(start + PAGE, len(self._listed)) + 1):
                self._piece(number) if number in self._edits else None
            page = self._pages[start] = b"".join(self._listed[start : start + PAGE])
        return page

    def _since(self, name: str, since: int) -> list[int]:
        times = self._added if name.startswith("addedAt") else {**self._added, **self._touched}
        if since < ADDED:
            return list(range(1, len(self._listed) + 1))
        return sorted(number for number, at in times.items() if at > since)

    def _some(self, numbers: Sequence[int], start: int, total: int | None = None) -> bytes:
        for number in numbers:
            if number in self._edits:
                self._piece(number)
        body = b"".join(self._listed[number - 1] for number in numbers)
        return self._container(body, start, len(numbers), total)

    def _container(
        self, body: bytes, start: int, size: int | None = None, total: int | None = None
    ) -> bytes:
        there = len(self._listed)
        if size is None:
            size, total = max(min(PAGE, there - start), 0), there
        head = (
            f'<MediaContainer size="{size}" totalSize="{size if total is None else total}" '
            f'offset="{start}" allowSync="1" {_LIBRARY} {_PLACE} viewGroup="movie">\n'
        )
        return b"".join([_HEAD, head.encode(), body, b"</MediaContainer>\n"])

    def _sections(self) -> bytes:
        return (
            _HEAD
            + (
                f'<MediaContainer size="1" allowSync="0" title1="Plex Library">\n'
                f'<Directory key="{SECTION}" type="movie" title="Videos" agent="none" '
                f'scanner="Plex Video Files" language="en-US" uuid="{SECTION_UUID}" '
                f'contentChangedAt="{self._counter}" hidden="0">\n'
                f'<Location id="1" path="{PLEX_FOLDER}" />\n</Directory>\n</MediaContainer>\n'
            ).encode()
        )


def _listed(number: int, changed_at: int = ADDED) -> bytes:
    return listed_xml(number, library.file_name(number).removesuffix(".mp4"), changed_at)


if __name__ == "__main__":
    serve(BytesPlex, __doc__)
