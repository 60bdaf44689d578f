"""The benchmark's byte stand-ins answer as the demo's do: same requests, same facts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from bench import library
from bench.standin import Standin
from demo.plexserver.server import PlexServer
from demo.stash.records import Kind, Named
from demo.stash.server import StashServer
from errors import StashAwayError
from plex.client import PlexClient
from plex.edits import ListChange, edit_queries
from plex.item import Item, Tag
from stash.call import Connection
from stash.client import StashClient

SCENES = 24


@pytest.fixture(scope="module")
def byte_stash() -> Iterator[Standin]:
    with Standin("stash", SCENES) as stash:
        yield stash


@pytest.fixture
def byte_plex() -> Iterator[Standin]:
    with Standin("plex", SCENES) as plex:
        yield plex


@pytest.fixture
def demo_stash(tmp_path: Path) -> Iterator[StashServer]:
    with StashServer(tmp_path) as stash:
        for number in range(1, SCENES + 1):
            add_scene(stash, number)
        yield stash


@pytest.fixture
def demo_plex() -> Iterator[PlexServer]:
    server = PlexServer()
    section = server.store.add_section("Videos", locations=(library.PLEX_FOLDER,))
    for number in range(1, SCENES + 1):
        server.store.add_item(section, [library.path_below(library.PLEX_FOLDER, number)])
    server.start()
    yield server
    server.stop()


def add_scene(stash: StashServer, number: int) -> None:
    """The scene of that number, and all that it points at, with the ids of the benchmark."""
    facts = library.scene(number)

    def ids(kind: Kind, rows: list[dict[str, str]]) -> list[int]:
        for row in rows:
            new = Named(
                id=int(row["id"]), kind=kind, name=row["name"], created_at="", updated_at=""
            )
            stash.store.named[kind].setdefault(new.id, new)
        return [int(row["id"]) for row in rows]

    studio = facts["studio"]
    [studio_id] = ids("Studio", [studio])
    if studio["parent_studio"]:
        stash.store.studio(studio_id).parent_ids = tuple(ids("Studio", [studio["parent_studio"]]))
    scene = stash.store.add_scene(
        library.path_below(library.STASH_FOLDER, number),
        title=facts["title"],
        details=facts["details"],
        date=facts["date"],
        rating100=facts["rating100"],
        organized=facts["organized"],
        director=facts["director"],
        studio=studio_id,
        performers=ids("Performer", facts["performers"]),
        tags=ids("Tag", facts["tags"]),
        groups=ids("Group", [one["group"] for one in facts["groups"]]),
    )
    stash.store.scene(scene).updated_at = facts["updated_at"]


def stash_client(url: str) -> StashClient:
    return StashClient(Connection(url=url))


def plex_client(url: str, token: str = "any") -> PlexClient:
    return PlexClient(url, token, identifier="test")


def both(byte_plex: Standin, demo_plex: PlexServer) -> tuple[PlexClient, PlexClient]:
    return plex_client(byte_plex.url), plex_client(demo_plex.url, demo_plex.token)


def shown(client: PlexClient, first_key: int, *numbers: int) -> dict[int, Item]:
    """What the items of some scenes show, without what names this very server."""
    found = client.items([first_key + one for one in numbers])
    return {
        key - first_key: replace(item, rating_key=0, section_uuid="", thumb="", art="")
        for key, item in found.items()
    }


def first_key(client: PlexClient) -> int:
    return client.listing(1, type_number=1, size=1).items[0].rating_key - 1


def test_scenes_are_read_as_from_the_demo(byte_stash: Standin, demo_stash: StashServer) -> None:
    wanted = [*range(1, SCENES + 1), 900]
    ours = stash_client(byte_stash.url).read_scenes(wanted)
    theirs = stash_client(demo_stash.url).read_scenes(wanted)
    assert sorted(ours.scenes) == list(range(1, SCENES + 1))
    assert ours.scenes == {
        number: replace(scene, cover="") for number, scene in theirs.scenes.items()
    }


def test_ids_and_changes_are_told_as_by_the_demo(
    byte_stash: Standin, demo_stash: StashServer
) -> None:
    ours, theirs = stash_client(byte_stash.url), stash_client(demo_stash.url)
    since = library.updated_at(SCENES - 5)
    assert list(ours.all_scene_ids()) == list(theirs.all_scene_ids())
    assert ours.newest_update() == theirs.newest_update()
    assert list(ours.scene_ids_updated_since(since)) == list(theirs.scene_ids_updated_since(since))
    changes = [one for one in theirs.changed_since(since) if one.kind == "Scene"]
    assert len(changes) == 5
    assert list(ours.changed_since(since)) == changes


def test_a_changed_scene_is_read_so_and_is_the_newest_change() -> None:
    with Standin("stash", SCENES) as standin:
        client = stash_client(standin.url)
        newest = client.newest_update()
        before = client.read_scenes([3, 4]).scenes
        standin.change([3], "title")
        standin.change([4], "tags")
        after = client.read_scenes([3, 4]).scenes
        assert after[3] == replace(
            before[3], title=f"{before[3].title}, cut 1", updated_at=after[3].updated_at
        )
        assert after[4] == replace(before[4], tags=after[4].tags, updated_at=after[4].updated_at)
        assert after[4].tags != before[4].tags
        assert {one.id for one in client.changed_since(newest)} == {3, 4}
        standin.change([SCENES], "title")
        since = library.updated_at(SCENES - 2)
        assert [one.id for one in client.changed_since(since)] == [3, 4, SCENES - 1, SCENES]
        assert client.newest_update() > after[4].updated_at > after[3].updated_at


def test_a_query_that_the_benchmark_does_not_know_is_refused(byte_stash: Standin) -> None:
    with pytest.raises(StashAwayError):
        stash_client(byte_stash.url).scenes_with_files(["/data/stash/one.mp4"])
    assert byte_stash.counts()["unknown"] == 1


def test_the_library_and_its_pages_are_told_as_by_the_demo(
    byte_plex: Standin, demo_plex: PlexServer
) -> None:
    ours, theirs = both(byte_plex, demo_plex)
    [our_section], [their_section] = ours.sections(), theirs.sections()
    assert our_section.locations == their_section.locations
    assert (our_section.key, our_section.type) == (their_section.key, their_section.type)
    for start, size in ((0, 1000), (20, 1000), (0, 7), (SCENES, 1000)):
        our_page = ours.listing(1, type_number=1, start=start, size=size)
        their_page = theirs.listing(1, type_number=1, start=start, size=size)
        assert (our_page.size, our_page.total) == (their_page.size, their_page.total)
        assert [(one.title, one.files) for one in our_page.items] == [
            (one.title, one.files) for one in their_page.items
        ]


def test_a_file_is_looked_up_by_its_name_as_in_the_demo(
    byte_plex: Standin, demo_plex: PlexServer
) -> None:
    ours, theirs = both(byte_plex, demo_plex)
    for names in (library.file_name(7), "no such file.mp4", "scene 000003.mp4,scene 000009.mp4"):
        our_page = ours.listing(1, type_number=1, filters={"file": names})
        their_page = theirs.listing(1, type_number=1, filters={"file": names})
        assert our_page.total == their_page.total
        assert [one.files for one in our_page.items] == [one.files for one in their_page.items]


@pytest.mark.parametrize("semantics", ["replace", "add"])
def test_an_item_shows_what_was_written_and_its_locks_as_in_the_demo(
    byte_plex: Standin, demo_plex: PlexServer, semantics: str
) -> None:
    byte_plex.tell("semantics", semantics=semantics)
    demo_plex.quirks.semantics = semantics  # type: ignore[assignment]
    edits = [
        {
            "scalars": {"title": 'A "title" & <more>', "summary": "One\nTwo"},
            "lists": {
                "genre": ListChange((Tag("one"), Tag("two, three"))),
                "actor": ListChange((Tag("Ada", "herself"), Tag("Bob"))),
                "label": ListChange((Tag("small"),)),
            },
            "lock": ["studio"],
        },
        {
            "scalars": {"summary": ""},
            "lists": {"genre": ListChange((Tag("four"),), remove=("two, three",))},
            "lock": (),
            "unlock": ["studio"],
        },
    ]
    for client in both(byte_plex, demo_plex):
        first = first_key(client)
        for edit in edits:
            [query] = edit_queries("movie", **edit)  # type: ignore[arg-type]
            client.edit(first + 5, query)
    ours, theirs = (shown(client, first_key(client), 4, 5) for client in both(byte_plex, demo_plex))
    assert ours == theirs
    assert ours[5].scalars["title"] == 'A "title" & <more>'
    assert ("one" in [tag.tag for tag in ours[5].tags["genre"]]) is (semantics == "add")
    assert not ours[4].locked


def test_an_edit_of_the_library_is_for_the_items_that_it_names_or_for_all(
    byte_plex: Standin, demo_plex: PlexServer
) -> None:
    """What a careless request would do has to show here as it would with Plex."""
    [query] = edit_queries(
        "movie", scalars={}, lists={"genre": ListChange((Tag("shared"),))}, lock=()
    )
    for url, client in zip((byte_plex.url, demo_plex.url), both(byte_plex, demo_plex), strict=True):
        first = first_key(client)
        client.edit_same(1, [first + 2, first + 3], query)
        items = shown(client, first, 1, 2, 3)
        assert [bool(items[one].tags) for one in (1, 2, 3)] == [False, True, True]
        requests.put(
            f"{url}/library/sections/1/all?{query}",
            headers={"X-Plex-Token": demo_plex.token},
            timeout=5,
        ).raise_for_status()
        assert shown(client, first, 1)[1].tags == items[2].tags
    assert byte_plex.counts()["edit"] == 2


def test_one_write_may_name_several_items(byte_plex: Standin, demo_plex: PlexServer) -> None:
    [query] = edit_queries(
        "movie", scalars={}, lists={"genre": ListChange((Tag("shared"),))}, lock=()
    )
    for url, token, first in (
        (byte_plex.url, "any", library.FIRST_KEY),
        (demo_plex.url, demo_plex.token, first_key(plex_client(demo_plex.url, demo_plex.token))),
    ):
        keys = ",".join(str(first + one) for one in (2, 3))
        requests.put(
            f"{url}/library/metadata/{keys}?{query}", headers={"X-Plex-Token": token}, timeout=5
        ).raise_for_status()
        items = shown(plex_client(url, token), first, 1, 2, 3)
        assert [bool(items[one].tags) for one in (1, 2, 3)] == [False, True, True]
    assert byte_plex.counts()["edit"] == 1


def test_what_changed_is_found_by_its_time_and_moves_the_counter(byte_plex: Standin) -> None:
    client = plex_client(byte_plex.url)

    def counter() -> str:
        [section] = client.sections()
        return section.content_changed_at

    def titles() -> list[str]:
        return [one.title for one in client.listing(1, type_number=1).items]

    before = counter()
    filters = {"updatedAt>>": str(library.ADDED)}
    assert client.listing(1, type_number=1, filters=filters).total == 0
    client.edit(library.FIRST_KEY + 9, "type=1&title.value=new&title.locked=1")
    written = counter()
    assert titles()[8] == "new"
    byte_plex.tell("add")
    assert titles()[SCENES] == f"scene {SCENES + 1:06}"
    assert len({before, written, counter()}) == 3
    page = client.listing(1, type_number=1, filters=filters)
    assert [one.title for one in page.items] == ["new", f"scene {SCENES + 1:06}"]
    added = client.listing(1, type_number=1, filters={"addedAt>>": str(library.ADDED)})
    assert [one.rating_key for one in added.items] == [library.FIRST_KEY + SCENES + 1]


def test_nothing_is_written_while_a_floor_is_measured(byte_plex: Standin) -> None:
    client = plex_client(byte_plex.url)
    byte_plex.tell("forgetful", **{"is": True})
    client.edit(library.FIRST_KEY + 9, "type=1&title.value=new&title.locked=1")
    byte_plex.tell("forgetful", **{"is": False})
    [item] = client.items([library.FIRST_KEY + 9])
    assert client.items([item])[item].scalars["title"] == "scene 000009"


def test_a_stand_in_is_slow_or_away_when_it_is_told_so(byte_plex: Standin) -> None:
    url = f"{byte_plex.url}/identity"
    byte_plex.tell("latency", seconds=0.2)
    began = time.monotonic()
    assert requests.get(url, timeout=5).status_code == 200
    assert time.monotonic() - began >= 0.2
    byte_plex.tell("latency", seconds=0.0)
    byte_plex.tell("status", status=503)
    assert requests.get(url, timeout=5).status_code == 503
    byte_plex.tell("status", status=200)
    assert requests.get(url, timeout=5).status_code == 200
    assert byte_plex.counts() == {"identity": 2, "refused": 1}


def test_a_reset_forgets_what_was_counted_and_when(byte_plex: Standin) -> None:
    assert byte_plex.first_at() is None
    before = time.monotonic()
    requests.get(f"{byte_plex.url}/identity", timeout=5)
    first = byte_plex.first_at()
    assert first is not None
    assert before <= first <= time.monotonic()
    assert byte_plex.most() == {"reads": 1, "writes": 0, "all": 1}
    byte_plex.tell("reset")
    assert (byte_plex.counts(), byte_plex.first_at()) == ({}, None)
    assert byte_plex.most() == {"reads": 0, "writes": 0, "all": 0}
