"""How Stash is asked: with patience that ends, within limits, and nobody else in its place.

Without an end a hung Stash would hang the worker for ever, and an endless answer fill its memory. A
redirect is never followed: the login travels in a header, and where it leads is not the address
that Stash named. Stash's https is usually self-signed and is not verified.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from deadlines import Deadlines
from errors import StashAwayError, StashRefusedError

CONNECT_SECONDS = 5.0
READ_SECONDS = 60.0
ANSWER_SECONDS = 300.0  # for all of an answer, however steadily it trickles
LONGEST_ANSWER_BYTES = 256 * 1024 * 1024  # 300 scenes with a megabyte of details do not reach it
_PIECE_BYTES = 1024 * 1024
_HEADERS = {"Accept-Encoding": "gzip, deflate", "Content-Type": "application/json"}
# Every escape of a JSON text; the group is half of a pair whose other half is missing.
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Answer:
    """What Stash answered; header names in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: Mapping[str, str]


class Transport:
    """Sends requests to one Stash at a time.

    Args:
        answer_seconds: For all of an answer.
        longest_bytes: The longest answer to a query.
    """

    def __init__(
        self,
        *,
        answer_seconds: float = ANSWER_SECONDS,
        longest_bytes: int = LONGEST_ANSWER_BYTES,
    ) -> None:
        self._deadlines = Deadlines(answer_seconds)
        self._longest_bytes = longest_bytes
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        self._pools = urllib3.PoolManager(
            cert_reqs="CERT_NONE",  # mostly self-signed, at the address that Stash itself named
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            retries=False,
        )
        self._pools.pool_classes_by_scheme = self._deadlines.pools()

    def close(self) -> None:
        """Close the connections."""
        self._pools.clear()
        self._deadlines.close()

    def ask(
        self,
        url: str,
        path: str,
        headers: Mapping[str, str],
        *,
        body: bytes | None = None,
        most: int | None = None,
    ) -> Answer:
        """Send one request: a GET, or a POST of JSON.

        Args:
            url: Stash's address.
            path: Path and query below it.
            headers: The login, and what else is sent.
            body: The JSON; None for a GET.
            most: So many bytes are enough; None for all, of which there must not be too many.

        Raises:
            StashAwayError: No answer, no whole one in time, or one without end.
            StashRefusedError: It redirects, which is how Stash asks for a login.
        """
        try:
            response = self._pools.request(
                "GET" if body is None else "POST",
                f"{url}{path}",
                body=body,
                headers={**_HEADERS, **headers},
                redirect=False,
                preload_content=False,
            )
            with closing(response):
                if response.get_redirect_location():
                    raise StashRefusedError(
                        "Stash asks for a login",
                        remedy="save any scene, or set an API key in Stash's security settings",
                    )
                read = self._read(response, most)
            if self._deadlines.end():  # what came of it may look whole
                raise StashAwayError(f"Stash at {url} does not answer in time")
        except (HTTPError, OSError) as error:
            raise StashAwayError(
                f"Stash at {url} does not answer ({type(error).__name__})"
            ) from None  # some of these texts hold headers
        finally:
            self._deadlines.end()
        return Answer(response.status, response.headers, read, _cookies(response))

    def _read(self, response: BaseHTTPResponse, most: int | None) -> bytes:
        body = bytearray()
        for piece in response.stream(_PIECE_BYTES, decode_content=True):
            body += piece
            if most is not None and len(body) > most:
                break
            if len(body) > self._longest_bytes:
                raise StashAwayError("Stash's answer does not end")
        return bytes(body)


def _cookies(response: BaseHTTPResponse) -> dict[str, str]:
    found: SimpleCookie = SimpleCookie()
    for one in response.headers.getlist("Set-Cookie"):
        with suppress(CookieError):
            found.load(one)
    return {name: one.value for name, one in found.items()}


def read_json(raw: bytes) -> object:
    """A JSON text in which every text can be sent and kept.

    A lone half of a surrogate pair can be neither, and one of them in a title would otherwise
    hinder every scene that is read with it.

    Raises:
        ValueError: No JSON, or nested deeper than any answer.
    """
    text = raw.decode("utf-8", "replace")
    if _HALF.search(raw):
        text = _ESCAPE.sub(lambda found: "\\ufffd" if found[1] else found[0], text)
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
