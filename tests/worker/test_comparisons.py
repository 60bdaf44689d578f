"""All scenes are compared once a day, and a listing goes on where it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo.stash.server import StashServer
from errors import NotKeptError
from mirror.fingerprint import source_mark
from mirror.ledger import Ledger, SceneState
from stash.call import Connection
from stash.client import StashClient
from sync_queue.jobs import JobQueue
from tests.waiting import wait_for
from worker.comparisons import DAY_SECONDS, FIRST_SYNC, Comparisons
from worker.listing import SCENES_PER_PAGE, Listing
from worker.runs import Runs

NOW = 1_800_000_000.0


class Side:
    """Queue, ledger and runs of one data folder, opened as a worker does."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.open()

    def open(self) -> None:
        self.queue = JobQueue(self.data / "queue")
        self.ledger = Ledger(self.data / "ledger.db")
        self.runs = Runs(self.data, self.ledger)
        self.listing = Listing(self.queue, self.runs, self.ledger)
        self.comparisons = Comparisons(self.ledger, self.runs, self.queue, is_incomplete=False)

    def close(self) -> None:
        self.queue.close()
        self.ledger.close()

    def step(self, client: StashClient, *, context: str = "", seconds: float = 60.0) -> bool:
        return self.listing.step(
            client, NOW, with_tag_parents=False, context=lambda: context, seconds=seconds
        )

    def modes(self) -> list[str]:
        return [run.state.mode for run in self.runs.open()]


@pytest.fixture
def side(tmp_path: Path) -> Iterator[Side]:
    one = Side(tmp_path)
    yield one
    one.close()


def test_before_the_first_sync_all_no_day_brings_a_comparison(side: Side) -> None:
    side.comparisons.daily(NOW)
    assert side.modes() == []


def test_a_day_after_the_last_comparison_there_is_another(side: Side) -> None:
    side.ledger.set_meta(FIRST_SYNC, "asked")
    run = side.runs.begin("sync_all-1", "sync_all", now=NOW, watched=False)
    side.runs.finish(run, now=NOW + 5)
    side.comparisons.daily(NOW + DAY_SECONDS - 60)
    assert side.modes() == []

    side.close()
    side.open()
    side.comparisons.daily(NOW + DAY_SECONDS + 60)
    assert side.modes() == ["compare"]
    side.comparisons.daily(NOW + DAY_SECONDS + 120)
    assert side.modes() == ["compare"]


def test_other_runs_do_not_put_the_comparison_off(side: Side) -> None:
    side.ledger.set_meta(FIRST_SYNC, "asked")
    run = side.runs.begin("sync_all-1", "sync_all", now=NOW, watched=False)
    side.runs.finish(run, now=NOW + 5)
    side.comparisons.daily(NOW + 10)
    for n in range(20):  # so many that the first one is not shown any more
        other = side.runs.begin(f"process-{n}", "process", now=NOW + n, watched=False)
        side.runs.finish(other, now=NOW + n)
    side.comparisons.daily(NOW + 3600)
    assert side.modes() == []


def test_a_listing_goes_on_with_the_next_page_after_a_restart(side: Side, tmp_path: Path) -> None:
    with StashServer(tmp_path / "stash") as stash:
        for _ in range(2 * SCENES_PER_PAGE + 10):
            stash.store.add_scene()
        client = StashClient(Connection(url=stash.url))
        side.runs.begin("sync_all-1", "sync_all", now=NOW, watched=False)
        side.step(client, seconds=0.0)
        wait_for(lambda: len(stash.requests) == 2, what="the page that is fetched ahead")
        side.close()
        side.open()
        stash.requests.clear()
        while side.step(client):
            pass
        client.close()
        assert len(stash.requests) == 2

    [run] = side.runs.open()
    assert run.state.total == 2 * SCENES_PER_PAGE + 10
    assert side.queue.open_jobs_of_run("sync_all-1") == run.state.total


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process can grow."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_page_that_could_not_be_kept_is_put_later(side: Side, tmp_path: Path) -> None:
    with StashServer(tmp_path / "stash") as stash:
        for _ in range(2 * SCENES_PER_PAGE + 10):
            stash.store.add_scene()
        client = StashClient(Connection(url=stash.url))
        side.runs.begin("sync_all-1", "sync_all", now=NOW, watched=False)
        side.step(client, seconds=0.0)
        with full_disk(), pytest.raises(NotKeptError):
            side.step(client)
        while side.step(client):
            pass
        client.close()

    [run] = side.runs.open()
    assert run.state.total == 2 * SCENES_PER_PAGE + 10
    assert side.queue.open_jobs_of_run("sync_all-1") == run.state.total


def test_only_scenes_that_are_not_as_they_were_are_put(side: Side, tmp_path: Path) -> None:
    with StashServer(tmp_path / "stash") as stash:
        scenes = [stash.store.add_scene(f"/data/{n}.mp4", title=f"<{n}>") for n in range(6)]
        client = StashClient(Connection(url=stash.url))
        read = client.read_scenes(scenes).scenes
        states = [
            SceneState(scene_id=one.id, state="in_step", source=source_mark(one.source, "settings"))
            for one in read.values()
        ]
        side.ledger.set_scenes(states[:5], now=NOW)
        stash.store.scene(scenes[2]).title = "another"
        side.runs.begin("sync_all-1", "sync_all", now=NOW, watched=False)
        while side.step(client, context="settings"):
            pass
        client.close()

    [run] = side.runs.open()
    assert run.state.counts == {"unchanged": 4}
    jobs = side.queue.claim(now=NOW + 1, limit=10)
    assert sorted(job.scene_id for job in jobs) == [scenes[2], scenes[5]]


def test_under_other_settings_every_scene_is_put(side: Side, tmp_path: Path) -> None:
    with StashServer(tmp_path / "stash") as stash:
        scene = stash.store.add_scene("/data/a.mp4")
        client = StashClient(Connection(url=stash.url))
        [read] = client.read_scenes([scene]).scenes.values()
        mark = source_mark(read.source, "settings")
        side.ledger.set_scenes([SceneState(scene_id=scene, state="in_step", source=mark)], now=NOW)
        side.runs.begin("sync_all-1", "sync_all", now=NOW, watched=False)
        while side.step(client, context="other settings"):
            pass
        client.close()
    assert [job.scene_id for job in side.queue.claim(now=NOW + 1, limit=10)] == [scene]


def test_scenes_that_stash_does_not_list_any_more_are_looked_at(side: Side, tmp_path: Path) -> None:
    """The hook of a destroyed scene may have been lost."""
    gone = SceneState(scene_id=900, state="gone")
    lost = SceneState(scene_id=901, state="in_step")
    side.ledger.set_scenes([gone, lost], now=NOW)
    with StashServer(tmp_path / "stash") as stash:
        stash.store.add_scene("/data/a.mp4")
        client = StashClient(Connection(url=stash.url))
        side.runs.begin("compare-1", "compare", now=NOW, watched=False)
        while side.step(client):
            pass
        client.close()
    jobs = side.queue.claim(now=NOW + 1, limit=10)
    assert sorted(job.scene_id for job in jobs) == [1, 901]
