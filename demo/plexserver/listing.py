"""Which items a listing shows: type, filters, order and page.

Plex ignores a filter that it does not know and answers with everything. So does this module:
a client that trusts a filter blindly has to fail here too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from demo.plexserver.items import TYPE_NUMBERS, Item, Section
from demo.plexserver.wire import LoggedRequest, Quirks, RefusedError

START = "X-Plex-Container-Start"
SIZE = "X-Plex-Container-Size"

# `updatedAt>>=5` arrives as the key `updatedAt>>`, or with the sign when a client encodes it all.
_LATER_THAN = re.compile(r"(addedAt|updatedAt)>>=?")
_ORDERS: dict[str, Callable[[Item], tuple[str | int, int]]] = {
    "id": lambda item: (item.key, 0),
    "title": lambda item: (str(item.scalars["title"]).casefold(), item.key),
    "titleSort": lambda item: (_sort_title(item), item.key),
    "addedAt": lambda item: (item.added_at, item.key),
    "updatedAt": lambda item: (item.updated_at, item.key),
    "originallyAvailableAt": lambda item: (
        str(item.scalars.get("originallyAvailableAt", "")),
        item.key,
    ),
}


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing; `offset` is None when the client did not ask for pages."""

    items: list[Item]
    total: int
    offset: int | None


def select(section: Section, request: LoggedRequest, quirks: Quirks) -> Page:
    """Choose the items that a request shows.

    Raises:
        RefusedError: The page is too large, or `file=` came without a type.
    """
    items = _filtered(section, request, quirks)
    limit = request.param("limit")
    if limit is not None and limit.isdecimal():
        items = items[: int(limit)]
    start, size = (_number(request.option(name)) for name in (START, SIZE))
    if size is not None and quirks.page_limit is not None and size > quirks.page_limit:
        raise RefusedError(400)
    if start is None and size is None:
        return Page(items, len(items), None)
    first = start or 0
    last = len(items) if size is None else first + size
    return Page(items[first:last], len(items), first)


def _filtered(section: Section, request: LoggedRequest, quirks: Quirks) -> list[Item]:
    wanted = _wanted_type(section, request)
    items: Iterable[Item] = [item for item in section.items.values() if item.type == wanted]
    for name, value in request.query:
        if name == "file" and quirks.honours_file_filter:
            if request.param("type") is None:
                raise RefusedError(500)
            items = _holding_file(items, value)
        elif name == "title":
            text = value.casefold()
            items = [item for item in items if text in str(item.scalars["title"]).casefold()]
        elif (later := _LATER_THAN.fullmatch(name)) and value.isdecimal():
            if not quirks.honours_time_filter:
                continue
            field, moment = later[1], int(value)
            items = [item for item in items if int(item.scalars[field]) > moment]
    return _ordered(items, request.param("sort") or "titleSort")


def _wanted_type(section: Section, request: LoggedRequest) -> str:
    number = _number(request.param("type"))
    default = section.type  # a show section lists its shows, not its episodes
    return next((name for name, n in TYPE_NUMBERS.items() if n == number), default)


def _holding_file(items: Iterable[Item], value: str) -> list[Item]:
    """Find the text, or one of several separated by commas, anywhere in a path."""
    texts = [text for text in value.split(",") if text]
    return [item for item in items if not texts or _holds(item, texts)]


def _holds(item: Item, texts: list[str]) -> bool:
    # Plain loops: they run for every item of a large section.
    for media in item.media:
        for part in media.parts:
            for text in texts:
                if text in part.file:
                    return True
    return False


def _ordered(items: Iterable[Item], sort: str) -> list[Item]:
    name, _, direction = sort.partition(":")
    return sorted(items, key=_ORDERS.get(name, _ORDERS["titleSort"]), reverse=direction == "desc")


def _sort_title(item: Item) -> str:
    return str(item.scalars.get("titleSort") or item.scalars["title"]).casefold()


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None
