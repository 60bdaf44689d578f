"""The one place that speaks HTTP to Plex, and the one place that classifies what goes wrong.

The token travels in a header only, to the configured host only, and is in no message. Every
request carries the installation's own client identifier. It must never change: each new one is a
"new device" mail for the owner.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping, Sequence

from errors import ItemGoneError, UnreadableAnswerError
from plex import answers
from plex.about import About, read_about
from plex.answers import Page, Picture, Section
from plex.item import Item
from plex.transport import Transport
from plex.trust import USUAL, Trust

IDS_PER_EDIT = 100
IDS_PER_READ = 100  # keeps the request line below 1 kB
_NOT_NEEDED = (
    "Genre,Country,Guid,Rating,Collection,Director,Writer,Role,Producer,Similar,Style,Mood,Format,"
    "Image,UltraBlurColors,Field"
)


class PlexClient:
    """One connection to one Plex server, for several threads.

    Args:
        url: The server's address without a trailing slash.
        token: Sent as `X-Plex-Token`, never shown.
        identifier: The installation's stable client identifier.
        version: The plugin's.
        patience: How long at most to wait for an answer, in seconds; None for the usual.
        trust: What proves over https that it is the server.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        identifier: str,
        version: str = "",
        patience: float | None = None,
        trust: Trust = USUAL,
    ) -> None:
        self._transport = Transport(
            url,
            {
                "X-Plex-Platform": platform.system(),
                "X-Plex-Platform-Version": platform.release(),
                "X-Plex-Device": platform.system(),
                "X-Plex-Provides": "controller",
                "User-Agent": f"PlexSync/{version or 'unknown'}",
                "Accept": "application/xml",
                "Accept-Encoding": "gzip, deflate",
                "X-Plex-Client-Identifier": identifier,
                "X-Plex-Product": "PlexSync",
                "X-Plex-Version": version,
                "X-Plex-Device-Name": "PlexSync",
                **({"X-Plex-Token": token} if token else {}),
            },
            patience=patience,
            trust=trust,
        )

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def machine_identifier(self) -> str:
        """The server's own name; needs no token and no work: the liveness probe."""
        return answers.read_machine_identifier(self._get("/identity"))

    def identity(self) -> About:
        """Who answers; needs no token, and does not say the name."""
        return read_about(self._get("/identity"))

    def about(self) -> About:
        """Who answers, with the name that its owner gave it; needs a token."""
        return read_about(self._get("/"))

    def sections(self) -> tuple[Section, ...]:
        """All libraries; the cheapest request that needs the token."""
        return answers.read_sections(self._get("/library/sections"))

    def items(self, rating_keys: Sequence[int]) -> dict[int, Item]:
        """The items with full tags and locks, by rating key; what is gone is left out.

        Args:
            rating_keys: At most `IDS_PER_READ`, at least one.
        """
        ids = ",".join(map(str, rating_keys))
        try:
            body = self._get(f"/library/metadata/{ids}", {"skipRefresh": "1", "checkFiles": "0"})
        except ItemGoneError:
            return {}
        return {item.rating_key: item for item in answers.read_items(body)}

    def listing(
        self,
        section_key: int,
        *,
        type_number: int,
        start: int = 0,
        size: int = 1000,
        filters: Mapping[str, str] | None = None,
    ) -> Page:
        """One page of a library: keys, titles and files.

        Args:
            section_key: The library.
            type_number: 1 for movies and other videos, 4 for episodes.
            start: Index of the first item wanted.
            size: How many; above 1000 newer servers answer 400.
            filters: `file`, `title`, `addedAt>>`, another `sort`; verify what comes, an unknown
                filter is ignored and everything returned.
        """
        query = {
            "type": str(type_number),
            "sort": "id",
            "excludeElements": _NOT_NEEDED,
            "excludeFields": "summary,tagline",
            **(filters or {}),
        }
        window = {"X-Plex-Container-Start": str(start), "X-Plex-Container-Size": str(size)}
        path = f"/library/sections/{section_key}/all"
        with self._transport.ask("GET", path, query, headers=window) as body:
            return answers.read_page(body)

    def scan(self, section_key: int, folder: str) -> None:
        """Ask Plex to look for new files in one folder of a library; it answers before it does."""
        path = f"/library/sections/{section_key}/refresh"
        with self._transport.ask("GET", path, {"path": folder}) as body:
            b"".join(body)

    def edit(self, rating_key: int, query: str) -> None:
        """Write one edit; see `plex.edits` for the query."""
        with self._transport.ask("PUT", f"/library/metadata/{rating_key}?{query}") as body:
            _see_taken(body)

    def edit_same(self, section_key: int, rating_keys: Sequence[int], query: str) -> None:
        """Write the same edit to several items of one library.

        Args:
            section_key: The library.
            rating_keys: At least one, at most `IDS_PER_EDIT`.
            query: As for `edit`.

        Raises:
            ValueError: No item is named: Plex would take that for all items of the library.
        """
        path = edit_path(section_key, rating_keys)
        with self._transport.ask("PUT", f"{path}&{query}") as body:
            _see_taken(body)

    def pictures(self, rating_key: int, kind: str) -> tuple[Picture, ...]:
        """What Plex holds for an item; `kind` is "posters" or "arts"."""
        return answers.read_pictures(self._get(f"/library/metadata/{rating_key}/{kind}"))

    def upload_picture(self, rating_key: int, kind: str, picture: bytes) -> None:
        """Upload and select a picture; uploads are never deleted, so never the same one twice."""
        path = f"/library/metadata/{rating_key}/{kind}"
        with self._transport.ask("POST", path, body=picture) as body:
            _see_taken(body)

    def select_picture(self, rating_key: int, kind: str, key: str) -> None:
        """Select a picture that the item holds already."""
        path = f"/library/metadata/{rating_key}/{kind[:-1]}"
        with self._transport.ask("PUT", path, {"url": key}) as body:
            _see_taken(body)

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> bytes:
        with self._transport.ask("GET", path, query) as body:
            return b"".join(body)


def edit_path(section_key: int, rating_keys: Sequence[int]) -> str:
    """Where an edit of several items is sent, with the query's beginning; see `edit_same`."""
    if not rating_keys or not all(rating_keys):
        raise ValueError("an edit has to name the items that it is for")
    ids = ",".join(map(str, rating_keys))
    return f"/library/sections/{section_key}/all?id={ids}"


def _see_taken(body: Iterable[bytes]) -> None:
    """See that it was Plex who took a write: it answers nothing, or a MediaContainer.

    A login page in front of Plex answers 200 to everything.
    """
    text = b"".join(body).strip()
    if text and b"MediaContainer" not in text[:1024]:
        raise UnreadableAnswerError("something else than Plex answered to a write")
