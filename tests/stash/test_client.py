"""Asking Stash: lists longer than one page, and which refusal means what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.stash.server import Credentials, StashServer
from errors import StashAwayError, StashRefusedError, UnreadableAnswerError
from stash.call import Connection
from stash.client import IDS_PER_PAGE, StashClient
from stash.elsewhere import SCENES_PER_PAGE, ElsewhereClient

PAST = "2000-01-01T00:00:00Z"
STALE = "plex/library/metadata/1"


@pytest.fixture
def stash(tmp_path: Path) -> Iterator[StashServer]:
    with StashServer(tmp_path) as started:
        yield started


@pytest.fixture
def client(stash: StashServer) -> Iterator[StashClient]:
    one = StashClient(Connection(url=stash.url))
    yield one
    one.close()


def test_scenes_that_changed_are_told_to_the_last_page(
    stash: StashServer, client: StashClient
) -> None:
    ids = [stash.store.add_scene(f"/data/{n}.mp4") for n in range(IDS_PER_PAGE + 3)]
    pages = list(client.scene_ids_updated_since(PAST))
    assert [len(one) for one in pages] == [IDS_PER_PAGE, 3]
    assert sorted(one for page in pages for one in page) == ids


def test_a_full_last_page_ends_the_list(stash: StashServer, client: StashClient) -> None:
    for n in range(IDS_PER_PAGE):
        stash.store.add_scene(f"/data/{n}.mp4")
    assert [len(one) for one in client.scene_ids_updated_since(PAST)] == [IDS_PER_PAGE]


def test_stale_addresses_are_found_to_the_last_page(stash: StashServer) -> None:
    for n in range(SCENES_PER_PAGE + 2):
        scene = stash.store.add_scene(f"/data/{n}.mp4")
        stash.store.scene(scene).urls = (STALE, "https://example.org")
    client = ElsewhereClient(Connection(url=stash.url))
    found = client.stale_addresses()
    client.close()
    assert len(found) == SCENES_PER_PAGE + 2
    assert {one.urls for one in found} == {(STALE,)}


@pytest.mark.parametrize("status", [429, 500, 502])
def test_a_stash_that_cannot_answer_now_is_away(
    stash: StashServer, client: StashClient, status: int
) -> None:
    stash.faults.status = status
    with pytest.raises(StashAwayError, match=str(status)):
        client.newest_update()
    stash.faults.status = None
    assert client.newest_update() == ""


def test_a_login_page_instead_of_an_answer_or_a_cover_is_told_with_what_helps(
    tmp_path: Path,
) -> None:
    login = Credentials(username="me", password="secret", api_key="")
    with StashServer(tmp_path / "stash", credentials=login) as stash:
        client = StashClient(Connection(url=stash.url))
        with pytest.raises(StashRefusedError, match="save any scene, or set an API key"):
            client.newest_update()
        with pytest.raises(StashRefusedError, match="save any scene, or set an API key"):
            client.picture("/scene/1/screenshot")
        client.close()


def test_a_cover_that_stash_does_not_have_is_unreadable(
    client: StashClient,
) -> None:
    with pytest.raises(UnreadableAnswerError, match="404"):
        client.picture("/scene/77/screenshot")
