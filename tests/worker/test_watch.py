"""What rests is woken by what changes in Plex, at the price of one small request in a while."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from demo.plexserver.server import PlexServer
from mirror.ledger import Confirmation, ItemId, Ledger, SceneState
from mirror.written import Written
from plex.cache import MatchCache
from plex.client import IDS_PER_READ, PlexClient
from plex.server import Server
from worker.watch import Noticed, Watch

FOLDER = "/media/plex"


class Side:
    """A connected server, and a ledger with scenes that rest."""

    def __init__(self, plex: PlexServer, data: Path) -> None:
        self.plex = plex
        self.section = plex.store.add_section("Videos", locations=(FOLDER,))
        self.cache = MatchCache(data)
        self.ledger = Ledger(data / "ledger.db")
        self.client = PlexClient(plex.url, plex.token, identifier="test")
        self.server = self.connect()
        self.watch = Watch(self.ledger)

    def connect(self) -> Server:
        return Server(self.client, libraries=(), match_cache=self.cache)

    def rest(self, scene_id: int, name: str, code: str = "not_scanned") -> None:
        state = SceneState(
            scene_id=scene_id, state="resting", code=code, paths=(f"{FOLDER}/{name}",)
        )
        self.ledger.set_scenes([state], now=1)

    def add(self, name: str) -> int:
        return self.plex.store.add_item(self.section, [f"{FOLDER}/{name}"])

    def own(self, scene_id: int, name: str) -> int:
        """An item that was written for a scene, and has changed since."""
        key = self.add(name)
        uuid = self.server.finder.sections[0].uuid
        item = ItemId(
            machine=self.server.machine,
            section_uuid=uuid,
            rating_key=key,
            part=f"{FOLDER}/{name}",
        )
        state = SceneState(scene_id=scene_id, state="in_step")
        self.ledger.confirm([Confirmation(state=state, items={item: Written()})], now=1)
        return key

    def look(self) -> list[int]:
        self.plex.requests.clear()
        noticed = list(self.watch.look(self.server))
        assert not any(some.is_other for some in noticed)
        return list(dict.fromkeys(one for some in noticed for one in some.woken))

    def kinds(self) -> list[str]:
        return [str(one.kind) for one in self.plex.requests]


@pytest.fixture
def side(tmp_path: Path) -> Iterator[Side]:
    plex = PlexServer()
    plex.start()
    one = Side(plex, tmp_path)
    yield one
    one.client.close()
    one.cache.close()
    one.ledger.close()
    plex.stop()


def test_while_nothing_rests_nothing_is_asked(side: Side) -> None:
    assert not side.watch.is_due()
    side.rest(1, "a.mp4")
    assert not side.watch.is_due()  # it has just been looked at
    assert Watch(side.ledger).is_due()


def test_while_plex_stands_still_one_request_is_enough(side: Side) -> None:
    side.rest(1, "a.mp4")
    assert side.look() == [1]  # nobody looked before
    assert side.look() == []
    assert side.kinds() == ["sections"]


def test_of_what_rests_only_what_plex_added_is_woken(side: Side) -> None:
    for number in range(50):
        side.rest(number, f"{number}.mp4")
    side.look()
    side.add("7.mp4")
    side.add("unrelated.mp4")

    assert side.look() == [7]
    assert side.kinds() == ["sections", "listing", "listing"]
    assert side.look() == []


def test_a_file_that_became_part_of_an_older_item_is_noticed(side: Side) -> None:
    key = side.add("old.mp4")
    side.rest(1, "new part.mp4")
    side.look()
    with side.plex.store.lock:
        item = side.plex.store.live(key)
        assert item is not None
        [media] = item.media
        [part] = media.parts
        item.media[0] = replace(media, parts=(part, replace(part, file=f"{FOLDER}/new part.mp4")))
        side.plex.store.touch(item)

    assert side.look() == [1]


def test_another_worker_goes_on_where_the_last_one_was(side: Side) -> None:
    side.rest(1, "a.mp4")
    side.rest(2, "b.mp4")
    side.look()
    side.add("b.mp4")

    side.server, side.watch = side.connect(), Watch(side.ledger)
    assert side.look() == [2]


def test_what_could_not_be_told_apart_is_asked_again_but_not_at_every_change(side: Side) -> None:
    side.rest(1, "twice.mp4", "ambiguous")
    side.look()
    side.add("a.mp4")
    side.watch = Watch(side.ledger)
    assert side.look() == [1]
    side.add("b.mp4")
    assert side.look() == []


def test_what_was_undone_is_left(side: Side) -> None:
    side.rest(1, "a.mp4", "undone")
    assert not Watch(side.ledger).is_due()


@pytest.mark.parametrize("change", ["folder", "library"])
def test_another_folder_or_library_wakes_all_and_asks_for_a_new_connection(
    side: Side, change: str
) -> None:
    side.rest(1, "a.mp4", "no_library")
    side.look()
    if change == "folder":
        section = side.plex.store.section(side.section)
        assert section is not None
        section.locations = (*section.locations, "/media/more")
    else:
        side.plex.store.add_section("More", locations=("/media/more",))

    assert list(side.watch.look(side.server)) == [Noticed(woken=(1,), is_other=True)]


def test_a_server_that_ignores_the_filter_by_time_is_listed(side: Side) -> None:
    """Everything it shows is compared; nothing is missed for that."""
    side.plex.quirks.honours_time_filter = False
    for number in range(1200):
        side.add(f"old {number}.mp4")
    side.rest(1, "a.mp4")
    side.look()
    side.add("a.mp4")

    assert side.look() == [1]
    assert side.kinds() == ["sections", "listing", "listing", "listing", "listing"]
    side.add("b.mp4")
    side.look()
    assert side.kinds() == ["sections", "listing", "listing"]


def test_a_whole_library_that_changed_comes_in_parts_that_one_read_takes(side: Side) -> None:
    side.rest(1, "a.mp4")
    side.look()
    ours = {side.own(2 + number, f"{number}.mp4") for number in range(2 * IDS_PER_READ + 10)}
    side.add("a.mp4")

    parts = list(side.watch.look(side.server))
    assert max(len(one.owned) for one in parts) <= IDS_PER_READ
    assert {key for one in parts for key in one.owned} == ours
    assert [one.woken for one in parts if one.woken] == [(1,)]


def test_a_look_that_was_not_taken_to_its_end_is_begun_anew(side: Side) -> None:
    side.rest(1, "a.mp4")
    side.look()
    ours = {side.own(2 + number, f"{number}.mp4") for number in range(IDS_PER_READ + 10)}

    next(side.watch.look(side.server))
    side.server, side.watch = side.connect(), Watch(side.ledger)
    parts = list(side.watch.look(side.server))
    assert {key for one in parts for key in one.owned} == ours
