"""Answers without end, in bytes or in time, from servers of raw bytes: each ends with our error."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from demo.plexserver.server import PlexServer
from errors import (
    NotConfiguredError,
    PlexAwayError,
    PlexSyncError,
    StashAwayError,
    StashRefusedError,
    UnreadableAnswerError,
)
from plex.client import PlexClient
from stash.call import Connection
from stash.client import StashClient
from stash.transport import Transport
from tests.fuzz.slow_server import RawServer
from tests.waiting import wait_for

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
SOON = 5.0  # seconds; the patience of these tests is half a second


def plex_at(server: RawServer, patience: float | None = 0.5) -> PlexClient:
    return PlexClient(server.url, "token", identifier="limits", patience=patience)


@contextmanager
def answering(pieces: list[bytes], *, is_endless: bool = False) -> Iterator[PlexClient]:
    """A client of a Plex that answers so."""
    with RawServer(pieces, is_endless=is_endless) as server, closing(plex_at(server, None)) as one:
        yield one


TRICKLES = {
    "a body": [HEAD + b"Content-Length: 100000\r\n\r\n", b" "],
    "a body without a length": [HEAD + b"\r\n", b" "],
    "chunks": [CHUNKED, b"1\r\n \r\n"],
    "the length of a chunk": [CHUNKED, b"0"],
    "a header": [HEAD + b"X-Long: ", b"x"],
    "the status line": [b"HTTP/1.1 200 ", b"O"],
}


@pytest.mark.parametrize("pieces", TRICKLES.values(), ids=TRICKLES.keys())
def test_an_answer_that_trickles_without_end_is_no_answer(pieces: list[bytes]) -> None:
    """Every byte comes long before a socket's own time-out."""
    started = time.monotonic()
    with RawServer(pieces, pause_seconds=0.05, is_endless=True) as server:
        with closing(plex_at(server)) as client, pytest.raises(PlexAwayError):
            client.sections()
        with closing(Transport(answer_seconds=0.5)) as stash, pytest.raises(StashAwayError):
            stash.ask(server.url, "/graphql", {}, body=b"{}")
    assert time.monotonic() - started < SOON


def test_a_kept_connection_outlives_the_patience_for_one_answer() -> None:
    server = PlexServer()
    server.start()
    with closing(PlexClient(server.url, "", identifier="limits", patience=0.3)) as client:
        first = client.machine_identifier()
        asked = time.monotonic()
        wait_for(lambda: time.monotonic() - asked > 0.6, what="twice the patience")
        assert client.machine_identifier() == first
    server.stop()


def test_an_endless_answer_is_cut_and_unreadable() -> None:
    pieces = [HEAD + b"\r\n<MediaContainer>", b"<Video/>" * 100_000]
    with (
        answering(pieces, is_endless=True) as client,
        pytest.raises(UnreadableAnswerError, match="endless"),
    ):
        client.sections()


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_an_answer_that_grows_when_it_is_unpacked_is_cut(encoding: str) -> None:
    """A hundred kilobytes of it would be a hundred megabytes."""
    large = b" " * 100_000_000
    packed = gzip.compress(large) if encoding == "gzip" else zlib.compress(large)
    head = HEAD + b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (
        encoding.encode(),
        len(packed),
    )
    with (
        answering([head + packed]) as client,
        pytest.raises(UnreadableAnswerError, match="endless"),
    ):
        client.sections()


def test_an_answer_that_is_packed_twice_is_refused_unread() -> None:
    packed = gzip.compress(gzip.compress(b" " * 1_000_000))
    head = HEAD + b"Content-Encoding: gzip, gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    with (
        answering([head + packed]) as client,
        pytest.raises(UnreadableAnswerError, match="more than once"),
    ):
        client.sections()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\r\n\r\n",
        b"HTTP/1.1 9999 ?\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        HEAD + b"Content-Length: -5\r\n\r\n",
        HEAD + b"Content-Length: many\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nZZZ\r\n",
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\n" + b"X-More: 1\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 301 Moved\r\nLocation: http://[::1\r\n\r\n",
        b"HTTP/1.1 301 Moved\r\nLocation: /\xff\xfe\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 301 Moved\r\nLocation: /library/sections\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 50,
    ],
    ids=range(16),
)
def test_http_that_is_none_ends_with_an_error_of_ours(answer: bytes) -> None:
    with RawServer([answer]) as server, closing(plex_at(server)) as client:
        with pytest.raises(PlexSyncError):
            client.sections()
        with closing(stash_at(server)) as stash, pytest.raises(PlexSyncError):
            stash.folders()


def stash_at(server: RawServer) -> StashClient:
    return StashClient(Connection(url=server.url, cookie=("session", "a-cookie")))


def test_an_endless_answer_of_stash_is_cut() -> None:
    pieces = [HEAD + b'\r\n{"data":"', b"x" * 1_000_000]
    with RawServer(pieces, is_endless=True) as server:
        client = stash_at(server)
        with closing(client), pytest.raises(StashAwayError, match="does not end"):
            client.folders()


def test_the_login_at_stash_is_never_taken_elsewhere() -> None:
    """A redirect of a POST would otherwise be followed, with every header."""
    with RawServer([HEAD + b"Content-Length: 2\r\n\r\n{}"]) as elsewhere:
        location = f"HTTP/1.1 302 Found\r\nLocation: {elsewhere.url}/\r\nContent-Length: 0\r\n\r\n"
        with RawServer([location.encode()]) as server, closing(stash_at(server)) as client:
            with pytest.raises(StashRefusedError):
                client.folders()
            with pytest.raises(StashRefusedError):
                client.picture("/scene/1/screenshot")
        assert [b"a-cookie" in head for head in server.heads] == [True, True]
        assert elsewhere.heads == []


def test_the_token_is_never_taken_to_another_host() -> None:
    with RawServer([HEAD + b"Content-Length: 0\r\n\r\n"]) as elsewhere:
        location = f"HTTP/1.1 301 Moved\r\nLocation: {elsewhere.url}/\r\nContent-Length: 0\r\n\r\n"
        refused = pytest.raises(NotConfiguredError, match="redirects to another address")
        with answering([location.encode()]) as client, refused:
            client.sections()
        assert elsewhere.heads == []
