"""The one place that speaks HTTP to Plex, and the one place that classifies what goes wrong.

The token travels in a header only, to the configured host only, and is in no message. Every
request carries the installation's own client identifier: plexapi's default is the MAC address,
random in containers, and every start would become a "new device" mail.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from urllib.parse import urljoin, urlsplit

import requests
from plexapi import BASE_HEADERS

from errors import (
    ItemGoneError,
    NotConfiguredError,
    PlexAwayError,
    RefusedEditError,
    ServerBusyError,
    TokenRefusedError,
    UnreadableAnswerError,
)
from plex import answers
from plex.answers import Page, Picture, Section
from plex.item import Item

log = logging.getLogger("PlexSync.plex.client")

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
IDLE_SECONDS = 15.0  # the server closes idle connections after 20
LONGEST_ANSWER_BYTES = 64 * 1024 * 1024
IDS_PER_READ = 100  # keeps the request line below 1 kB
_AWAY_STATUSES = {429, 502, 503, 504}
_REFUSED_STATUSES = {401, 403}
_NOT_NEEDED = (
    "Genre,Country,Guid,Rating,Collection,Director,Writer,Role,Producer,Similar,Style,Mood,Format,"
    "Image,UltraBlurColors,Field"
)


class PlexClient:
    """One connection to one Plex server, for one thread.

    Args:
        url: The server's address without a trailing slash.
        token: Sent as `X-Plex-Token`, never shown.
        identifier: The installation's stable client identifier.
    """

    def __init__(self, url: str, token: str, *, identifier: str, version: str = "") -> None:
        self._url = url
        self._host = urlsplit(url).netloc
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update(BASE_HEADERS)
        self._session.headers.update(
            {
                "Accept": "application/xml",
                "X-Plex-Client-Identifier": identifier,
                "X-Plex-Product": "PlexSync",
                "X-Plex-Version": version,
                "X-Plex-Device-Name": "PlexSync",
                "X-Plex-Token": token,
            }
        )
        self._last_used = time.monotonic()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def machine_identifier(self) -> str:
        """The server's own name; needs no token and no work: the liveness probe."""
        return answers.read_machine_identifier(self._get("/identity"))

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
        with self._ask("GET", path, query, headers=window) as response:
            return answers.read_page(_limited(response))

    def scan(self, section_key: int, folder: str) -> None:
        """Ask Plex to look for new files in one folder of a library; it answers before it does."""
        path = f"/library/sections/{section_key}/refresh"
        with self._ask("GET", path, {"path": folder}) as response:
            b"".join(_limited(response))

    def edit(self, rating_key: int, query: str) -> None:
        """Write one edit; see `plex.edits` for the query."""
        with self._ask("PUT", f"/library/metadata/{rating_key}?{query}") as response:
            _acknowledged(response)

    def pictures(self, rating_key: int, kind: str) -> tuple[Picture, ...]:
        """What Plex holds for an item; `kind` is "posters" or "arts"."""
        return answers.read_pictures(self._get(f"/library/metadata/{rating_key}/{kind}"))

    def upload_picture(self, rating_key: int, kind: str, picture: bytes) -> None:
        """Upload and select a picture; uploads are never deleted, so never the same one twice."""
        with self._ask("POST", f"/library/metadata/{rating_key}/{kind}", body=picture) as response:
            _acknowledged(response)

    def select_picture(self, rating_key: int, kind: str, key: str) -> None:
        """Select a picture that the item holds already."""
        path = f"/library/metadata/{rating_key}/{kind[:-1]}"
        with self._ask("PUT", path, {"url": key}) as response:
            _acknowledged(response)

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> bytes:
        with self._ask("GET", path, query) as response:
            return b"".join(_limited(response))

    @contextmanager
    def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Iterator[requests.Response]:
        """Send one request and hand over a response whose status is good.

        A time-out or a cut connection while the caller reads the body is translated as well.
        """
        if time.monotonic() - self._last_used > IDLE_SECONDS:
            self._session.close()
        started = time.monotonic()
        try:
            response = self._send(method, path, query, headers, body)
            with response:
                self._check(method, path, response)
                yield response
        except requests.exceptions.SSLError as error:
            raise NotConfiguredError(
                f"Plex at {self._url} shows no certificate that can be verified",
                remedy="use its plex.direct address, or http inside your own network",
            ) from _without_url(error)
        except (requests.RequestException, OSError) as error:
            raise PlexAwayError(
                f"Plex at {self._url} does not answer ({type(error).__name__})"
            ) from _without_url(error)
        finally:
            self._last_used = time.monotonic()
        log.debug(
            "%s %s: %.0f ms", method, path.partition("?")[0], 1000 * (time.monotonic() - started)
        )

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        body: bytes | None,
    ) -> requests.Response:
        target = f"{self._url}{path}"
        for _ in range(3):
            response = self._session.request(
                method,
                target,
                params=query,
                headers=headers,
                data=body,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                stream=True,
                allow_redirects=False,
            )
            place = response.headers.get("Location", "")
            if method != "GET" or not response.is_redirect or not place:
                break
            target, query = urljoin(target, place), None
            if urlsplit(target).netloc != self._host:
                break  # never take the token elsewhere
            response.close()
        return response

    def _check(self, method: str, path: str, response: requests.Response) -> None:
        status = response.status_code
        if status < 300:
            return
        what = f"Plex answered {status} to {method} {path.partition('?')[0]}"
        if status < 400:
            raise NotConfiguredError(
                f"Plex at {self._url} redirects to another address",
                remedy="set plexUrl to the address that it names, mostly https instead of http",
            )
        if status in _REFUSED_STATUSES:
            raise TokenRefusedError(
                f"Plex at {self._url} refuses the token",
                remedy="put a valid one into the setting plexToken",
            )
        if status in _AWAY_STATUSES:
            raise PlexAwayError(f"{what}: it is starting, in maintenance or overloaded")
        if status == 404:
            raise ItemGoneError(what)
        if status >= 500:
            raise ServerBusyError(what)
        raise RefusedEditError(what, remedy="see worker.log, and report it", status=status)


def _acknowledged(response: requests.Response) -> None:
    """See that it was Plex who took a write: it answers nothing, or a MediaContainer.

    A login page in front of Plex answers 200 to everything.
    """
    body = b"".join(_limited(response)).strip()
    if body and b"MediaContainer" not in body[:1024]:
        raise UnreadableAnswerError("something else than Plex answered to a write")


def _limited(response: requests.Response) -> Iterator[bytes]:
    """The body in pieces; an endless one is unreadable."""
    taken = 0
    for piece in response.iter_content(65536):
        taken += len(piece)
        if taken > LONGEST_ANSWER_BYTES:
            raise UnreadableAnswerError("Plex's answer is endless")
        yield piece


def _without_url(error: BaseException) -> BaseException:
    """The cause without its text: requests puts whole URLs and headers into some."""
    return type(error)() if isinstance(error, requests.RequestException) else error
