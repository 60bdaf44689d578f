"""A connected server: which libraries are chosen, and what a refused scan means."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from demo.plexserver.server import PlexServer
from errors import NotConfiguredError, PlexAwayError
from plex.cache import MatchCache
from plex.client import PlexClient
from plex.server import Server, choose_sections


@pytest.fixture
def plex() -> Iterator[PlexServer]:
    server = PlexServer()
    server.store.add_section("Videos", locations=("/media/plex",))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def client(plex: PlexServer) -> Iterator[PlexClient]:
    one = PlexClient(plex.url, plex.token, identifier="test")
    yield one
    one.close()


@pytest.fixture
def server(client: PlexClient, tmp_path: Path) -> Iterator[Server]:
    cache = MatchCache(tmp_path)
    yield Server(client, libraries=["Videos"], match_cache=cache)
    cache.close()


def scans(plex: PlexServer) -> int:
    return sum(one.path.endswith("/refresh") for one in plex.requests)


def test_a_scan_that_plex_refuses_is_noted_and_stops_nothing(
    plex: PlexServer, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    plex.faults.set("status:400", paths="/refresh")
    caplog.set_level(logging.WARNING)
    for _ in range(3):
        server.scan(1, "/media/plex/new")
    assert scans(plex) == 1  # a server that refuses is not pestered
    assert "Plex cannot be asked to scan" in caplog.text


def test_a_scan_that_a_server_cannot_take_now_makes_everything_wait(
    plex: PlexServer, server: Server
) -> None:
    plex.stop()
    with pytest.raises(PlexAwayError):
        server.scan(1, "/media/plex/new")
    plex.start()


def test_without_a_library_of_films_it_is_said_which_there_are(client: PlexClient) -> None:
    [videos] = client.sections()
    shows = replace(videos, type="show", title="Series")
    with pytest.raises(NotConfiguredError, match="there are: Series"):
        choose_sections([shows], [])
    with pytest.raises(NotConfiguredError, match="none of movies, videos or shows"):
        choose_sections([replace(videos, type="artist")], [])


def test_a_connection_whose_libraries_are_gone_is_not_as_before(
    client: PlexClient, server: Server
) -> None:
    sections = client.sections()
    assert server.is_as_before(sections)
    assert not server.is_as_before([replace(one, title="Renamed") for one in sections])
    assert not server.is_as_before([replace(one, locations=("/other",)) for one in sections])
