"""How Stash is asked: with patience that ends, within limits, and nobody else in its place.

stashapi sets no time-out and reads whatever comes; without an end a hung Stash would hang the
worker for ever, and an endless answer fill its memory. A redirect is never followed: the login
travels in a header, and where it leads is not the address that Stash named.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from deadlines import Deadlines
from errors import StashAwayError, StashRefusedError

CONNECT_SECONDS = 5.0
READ_SECONDS = 60.0
ANSWER_SECONDS = 300.0  # for all of an answer, however steadily it trickles
LONGEST_ANSWER_BYTES = 256 * 1024 * 1024  # 300 scenes with a megabyte of details do not reach it
_PIECE_BYTES = 65536
# Every escape of a JSON text; the group is half of a pair whose other half is missing.
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


class Patient(HTTPAdapter):
    """Sends requests to Stash; one for both of its schemes.

    Args:
        answer_seconds: For all of an answer.
        longest_bytes: The longest one.
    """

    def __init__(
        self,
        *,
        answer_seconds: float = ANSWER_SECONDS,
        longest_bytes: int = LONGEST_ANSWER_BYTES,
    ) -> None:
        self._deadlines = Deadlines(answer_seconds)
        self._longest_bytes = longest_bytes
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools; their connections are cut when an answer takes too long."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = self._deadlines.pools()

    def done(self) -> bool:
        """The answer was read, or is not wanted any more; whether it was cut."""
        return self._deadlines.end()

    def close(self) -> None:
        """Close the connections."""
        super().close()
        self._deadlines.close()

    def send(  # type: ignore[no-untyped-def]
        self, request: requests.PreparedRequest, *args: Any, **options: Any
    ):
        """Send one request; its body is read by the caller, within the limits.

        Raises:
            StashRefusedError: It redirects, which is how Stash asks for a login.
        """
        options["timeout"] = (CONNECT_SECONDS, READ_SECONDS)
        answer = super().send(request, *args, **options)
        if answer.is_redirect:
            answer.close()
            raise StashRefusedError(
                "Stash asks for a login",
                remedy="save any scene, or set an API key in Stash's security settings",
            )
        answer.raw = _Limited(answer.raw, longest_bytes=self._longest_bytes)
        return answer


class _Limited:
    """A body that ends, or is cut off."""

    def __init__(self, body: Any, *, longest_bytes: int) -> None:
        self._body = body
        self._longest_bytes = longest_bytes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._body, name)

    def stream(self, _size: int = _PIECE_BYTES, *, decode_content: bool = True) -> Iterator[bytes]:
        """The body in pieces; raises `StashAwayError` beyond the limit."""
        taken = 0
        for piece in self._body.stream(_PIECE_BYTES, decode_content=decode_content):
            taken += len(piece)
            if taken > self._longest_bytes:
                self._body.close()
                raise StashAwayError("Stash's answer does not end")
            yield piece


def first_bytes(answer: requests.Response, most: int) -> bytes:
    """The body of an answer that was not read yet, or a little more than `most` bytes of it."""
    body = bytearray()
    for piece in answer.raw.stream(decode_content=True):
        body += piece
        if len(body) > most:
            break
    return bytes(body)


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
