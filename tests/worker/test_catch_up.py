"""What no hook told is found by `updated_at`, once, and for what was missed alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.stash.server import StashServer
from mirror.ledger import Ledger, SceneState
from stash.call import Connection
from stash.client import StashClient
from worker.catch_up import CatchUp, Missed, earlier, moment, settled

OLD = "2026-01-02T03:04:05Z"


class Side:
    """A Stash, and the catch-up that asks it."""

    def __init__(self, stash: StashServer, data: Path) -> None:
        self.stash = stash
        self.store = stash.store
        self.client = StashClient(Connection(url=stash.url))
        self.ledger = Ledger(data / "ledger.db")
        self.catch_up = CatchUp(self.ledger)

    def look(self, *, at: str = "2026-12-31T00:00:00Z") -> Missed:
        now = moment(at).timestamp()
        missed = self.catch_up.look(self.client, now=now)
        self.catch_up.done(missed, now=now)
        return missed

    def change(self, scene: int, at: str) -> None:
        self.store.scene(scene).updated_at = at


@pytest.fixture
def side(tmp_path: Path) -> Iterator[Side]:
    with StashServer(tmp_path / "stash") as stash:
        one = Side(stash, tmp_path)
        yield one
        one.client.close()
        one.ledger.close()


def test_the_first_look_asks_for_nothing(side: Side) -> None:
    for n in range(3):
        side.change(side.store.add_scene(f"/data/{n}.mp4"), OLD)
    assert side.look().scenes == ()
    assert side.look().scenes == ()


def test_what_changed_since_is_missed_once(side: Side) -> None:
    scenes = [side.store.add_scene(f"/data/{n}.mp4") for n in range(5)]
    for scene in scenes:
        side.change(scene, OLD)
    side.look()
    side.change(scenes[3], "2026-01-02T04:00:00Z")

    assert side.look().scenes == (scenes[3],)
    assert side.look().scenes == ()


def test_what_the_ledger_knows_is_not_missed(side: Side) -> None:
    scene = side.store.add_scene("/data/a.mp4")
    side.change(scene, OLD)
    side.look()
    new = "2026-01-02T04:00:00Z"
    side.change(scene, new)
    side.ledger.set_scenes([SceneState(scene_id=scene, state="in_step", updated_at=new)], now=1)
    assert side.look().scenes == ()


def test_a_look_that_was_not_carried_out_is_repeated(side: Side) -> None:
    """A kill between the look and the queue."""
    scene = side.store.add_scene("/data/a.mp4")
    side.change(scene, OLD)
    side.look()
    side.change(scene, "2026-01-02T04:00:00Z")
    now = moment("2026-12-31T00:00:00Z").timestamp()
    assert side.catch_up.look(side.client, now=now).scenes == (scene,)
    assert CatchUp(side.ledger).look(side.client, now=now).scenes == (scene,)


def test_another_edit_within_the_same_second_is_not_lost(side: Side) -> None:
    scene = side.store.add_scene("/data/a.mp4")
    side.change(scene, OLD)
    side.look()
    side.change(scene, "2026-01-02T04:00:00Z")
    assert side.look(at="2026-01-02T04:00:00Z").scenes == (scene,)
    assert side.look(at="2026-01-02T04:00:01Z").scenes == (scene,)
    assert side.look(at="2026-01-02T04:00:10Z").scenes == (scene,)
    assert side.look(at="2026-01-02T04:01:00Z").scenes == ()


def test_an_edit_within_the_second_of_the_first_look_is_not_lost(side: Side) -> None:
    """The floor is a whole second, and the second goes on after the look."""
    scene = side.store.add_scene("/data/a.mp4")
    side.change(scene, OLD)
    performer = side.store.add_performer("p")
    side.store.named["Performer"][performer].updated_at = "2026-01-01T00:00:00Z"
    side.look(at=OLD)
    side.store.named["Performer"][performer].updated_at = OLD
    assert side.look(at=OLD).objects == {"Performer": (performer,)}


def test_a_scene_of_that_second_counts_only_if_it_was_synced(side: Side) -> None:
    synced, other = (side.store.add_scene(f"/data/{n}.mp4") for n in range(2))
    for scene in (synced, other):
        side.change(scene, OLD)
    side.look(at=OLD)
    state = SceneState(scene_id=synced, state="in_step")
    side.ledger.set_scenes([state], now=1)
    assert side.look(at=OLD).scenes == (synced,)


def test_renamed_objects_are_told_by_kind(side: Side) -> None:
    side.change(side.store.add_scene("/data/a.mp4"), OLD)
    made = {
        "Performer": side.store.add_performer("p"),
        "Studio": side.store.add_studio("s"),
        "Tag": side.store.add_tag("t"),
        "Group": side.store.add_group("g"),
    }
    side.look()
    for rows in side.store.named.values():
        for row in rows.values():
            row.updated_at = "2026-12-30T00:00:00Z"
    assert side.look().objects == {kind: (one,) for kind, one in made.items()}
    assert side.look().objects == {}


def test_ten_of_many_are_found_by_one_question_a_thousand(side: Side) -> None:
    scenes = [side.store.add_scene(f"/data/{n}.mp4") for n in range(3_000)]
    for scene in scenes:
        side.change(scene, OLD)
    side.look()
    for scene in scenes[:10]:
        side.change(scene, "2026-06-01T00:00:00Z")
    side.stash.requests.clear()
    assert side.look().scenes == tuple(scenes[:10])
    side.look()
    asked = len(side.stash.requests)
    side.look()
    assert len(side.stash.requests) - asked == 1
    assert asked <= 5


@given(
    st.integers(-(10**9), 4 * 10**9),
    st.sampled_from(["Z", "+02:00", "-09:30"]),
    st.integers(0, 10**7),
)
def test_earlier_keeps_words_and_offset(at: int, offset: str, seconds: int) -> None:
    told_at = datetime.fromtimestamp(at, tz=timezone.utc)
    text = f"{told_at:%Y-%m-%dT%H:%M:%S}{offset}"
    by = timedelta(seconds=seconds)
    told = earlier(text, by)
    assert told.endswith(offset)
    assert moment(told) + by == moment(text)


def test_a_second_that_is_not_over_is_not_believed() -> None:
    at = moment(OLD).timestamp()
    assert settled(OLD, now=at + 0.4) == ""
    assert settled(OLD, now=at + 5) == OLD
    assert settled("no time at all", now=at) == "no time at all"
