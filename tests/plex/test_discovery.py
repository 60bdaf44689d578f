"""Finding servers: asked all at once, on this machine alone."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from demo.plexserver.server import PlexServer
from plex.discovery import discover, usual_addresses

IDENTIFIER, VERSION = "test", "0"


@pytest.fixture
def plex() -> Iterator[PlexServer]:
    server = PlexServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def silent() -> Iterator[str]:
    """An address that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=8) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def closed() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_who_answers_is_found_in_time_whoever_is_silent(
    plex: PlexServer, silent: str, closed: str
) -> None:
    began = time.monotonic()
    found = discover(
        [silent, closed, plex.url], group=None, seconds=2.0, identifier=IDENTIFIER, version=VERSION
    )
    assert time.monotonic() - began < 10.0  # a usual time-out is 30 seconds
    assert [(one.url, one.about.machine) for one in found] == [
        (plex.url, plex.store.machine_identifier)
    ]
    assert found[0].about.version == plex.store.version
    assert found[0].about.claimed


def test_a_slow_server_is_found_without_its_name(plex: PlexServer) -> None:
    """The name is asked for once the server is known, with a patience that would end later."""
    plex.faults.set("slow:1.0", paths="^/identity")
    plex.faults.set("hang", paths="^/$")
    began = time.monotonic()
    found = discover([plex.url], group=None, seconds=2.5, identifier=IDENTIFIER, version=VERSION)
    assert time.monotonic() - began < 3.4
    assert [one.path for one in plex.requests] == ["/identity", "/"]
    assert [one.url for one in found] == [plex.url]


def test_no_token_goes_out(plex: PlexServer) -> None:
    discover([plex.url], group=None, identifier=IDENTIFIER, version=VERSION)
    assert plex.requests
    assert all("x-plex-token" not in map(str.lower, one.headers) for one in plex.requests)


def test_one_server_at_two_addresses_is_told_once(plex: PlexServer) -> None:
    second = plex.url.replace("127.0.0.1", "localhost")
    found = discover([second, plex.url], group=None, identifier=IDENTIFIER, version=VERSION)
    assert [one.url for one in found] == [second]


@contextmanager
def announcing(name: str, machine: str) -> Iterator[tuple[str, int]]:
    """A station that tells one caller of a player and of a server; where it listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as station:
        station.bind(("127.0.0.1", 0))

        def announce() -> None:
            _, caller = station.recvfrom(1024)
            station.sendto(
                b"HTTP/1.0 200 OK\r\nContent-Type: plex/media-player\r\n"
                b"Resource-Identifier: a player\r\n",
                caller,
            )
            station.sendto(
                f"HTTP/1.0 200 OK\r\nContent-Type: plex/media-server\r\nName: {name}\r\n"
                f"Port: 32401\r\nResource-Identifier: {machine}\r\nVersion: 1.2\r\n\r\n".encode(),
                caller,
            )

        thread = threading.Thread(target=announce)
        thread.start()
        yield station.getsockname()
        thread.join()


def test_a_server_that_announces_itself_is_found_with_its_name() -> None:
    with announcing("Attic", "abc") as group:
        found = discover([], group=group, seconds=1.0, identifier=IDENTIFIER, version=VERSION)
    assert [(one.url, one.about.name) for one in found] == [("http://127.0.0.1:32401", "Attic")]


def test_the_name_that_is_announced_serves_for_an_address_that_tells_none(
    plex: PlexServer,
) -> None:
    """Most servers tell their name to those with a token only."""
    plex.faults.set("status:401", paths="^/$")
    with announcing("Attic", plex.store.machine_identifier) as group:
        found = discover(
            [plex.url], group=group, seconds=2.0, identifier=IDENTIFIER, version=VERSION
        )
    assert [(one.url, one.about.name) for one in found] == [(plex.url, "Attic")]


def test_the_usual_addresses_begin_with_this_machine() -> None:
    usual = usual_addresses()
    assert usual[0] == "http://127.0.0.1:32400"
    assert "http://plex:32400" in usual
    assert len(set(usual)) == len(usual)
