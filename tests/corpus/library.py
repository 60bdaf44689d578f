"""A library as the single-scene API wants one, over the product's own connection to Plex."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from errors import ItemGoneError
from plex.client import PlexClient

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class ShownItem:
    """What the matcher looks at."""

    key: str
    title: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HttpLibrary:
    """One library, asked over HTTP each time.

    Attributes:
        title: Under which the caches keep it.
        section_key: Its number.
    """

    client: PlexClient
    title: str
    section_key: int

    def search(self, *, title: str) -> Iterator[ShownItem]:
        """Items whose title contains the text."""
        return self._pages({"title": title})

    def all(self) -> Iterator[ShownItem]:
        """Every item."""
        return self._pages({})

    def fetchItem(self, key: str, /) -> ShownItem:  # noqa: N802 - plexapi's name
        """The item with this key, wherever it is: as plexapi, which asks for any key.

        Raises:
            ItemGoneError: There is none, or the text is no key.
        """
        read = self.client.items([int(key)]) if key.isascii() and key.isdecimal() else {}
        for item in read.values():
            return ShownItem(str(item.rating_key), item.scalars.get("title", ""), item.files)
        raise ItemGoneError(f"Plex has no item {key!r}")

    def _pages(self, filters: dict[str, str]) -> Iterator[ShownItem]:
        start, total = 0, 1
        while start < total:
            page = self.client.listing(
                self.section_key, type_number=1, start=start, size=_PAGE, filters=filters
            )
            for one in page.items:
                yield ShownItem(str(one.rating_key), one.title, one.files)
            start, total = start + max(page.size, 1), page.total
