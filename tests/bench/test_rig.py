"""The rig: a real worker between byte stand-ins does what it does between any others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import library
from bench.equal_rows import wrong_items
from bench.floor import floor_seconds
from bench.profiling import profiled
from bench.release import add_vendor, forget_compiled
from bench.rig import Rig
from plex.client import PlexClient
from plex.item import Item
from tests.systems import ON_LINUX

pytestmark = ON_LINUX
SCENES = 60


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with Rig(tmp_path_factory.mktemp("rig"), SCENES) as made:
        made.start_worker()
        assert made.run().counts == {"changed": SCENES}
        yield made


def item(rig: Rig, number: int) -> Item:
    key = library.FIRST_KEY + number
    return PlexClient(rig.plex.url, "any", identifier="test").items([key])[key]


def counter(rig: Rig) -> str:
    """What moves with every write."""
    [section] = PlexClient(rig.plex.url, "any", identifier="test").sections()
    return section.content_changed_at


def test_a_run_shows_every_scene_in_its_item(rig: Rig) -> None:
    for number in (1, SCENES):
        shown = item(rig, number)
        assert shown.scalars["title"] == library.title(number)
        wanted = sorted(library.tag_name(one) for one in library.tags(number))
        assert sorted(one.tag for one in shown.tags["genre"]) == wanted
        assert {"title", "genre"} <= shown.locked


def test_a_run_without_changes_writes_nothing(rig: Rig) -> None:
    worked = rig.run()
    assert worked.counts == {"unchanged": SCENES}
    assert "edit" not in worked.plex
    assert worked.stash["scenes"]
    assert worked.cpu > 0


def test_a_save_is_over_when_its_scenes_are_shown_and_acknowledged(rig: Rig) -> None:
    rig.stash.change([5, 6], "title")
    worked = rig.save([5, 6])
    assert worked.plex["edit"] == 2
    assert item(rig, 5).scalars["title"].endswith(", cut 1")
    assert 0 < worked.seconds < 5


def test_the_floor_of_a_save_leaves_no_trace(rig: Rig) -> None:
    rig.stash.change([7], "title")
    worked = rig.save([7], is_logged=True)
    before = (item(rig, 7), counter(rig))
    assert floor_seconds(rig, worked.logs, rounds=1, is_in_turn=True) > 0.006  # three answers
    assert (item(rig, 7), counter(rig)) == before
    assert rig.run().counts == {"unchanged": SCENES}


def test_items_that_show_other_tags_than_their_scenes_are_told(rig: Rig) -> None:
    """The row about equal edits is worth what this finds."""
    assert wrong_items(rig) == SCENES
    rig.stash.change(range(1, SCENES), "tags")
    rig.run()
    assert wrong_items(rig) == 1


def test_a_release_starts_without_any_compiled_file(tmp_path: Path) -> None:
    with Rig(tmp_path, 3) as made:
        add_vendor(made.here)
        forget_compiled(made.here)
        assert not list(made.here.rglob("*.pyc"))
        made.start_worker()
        assert made.run().counts == {"changed": 3}
        assert list((made.here / "vendor").rglob("*.pyc"))


def test_a_profile_holds_the_workers_functions_and_whose_they_are(tmp_path: Path) -> None:
    worked, profile, here = profiled(tmp_path, "bulk", 30, 10)
    assert worked.plex["edit"] == 10
    assert any(" run_worker" in line for line in profile.most("whole", here))
    shares = "\n".join(profile.shares(here))
    for owner in ("ours: worker/", "ours: mirror/", "requests and urllib3", "sqlite3", "json"):
        assert owner in shares
