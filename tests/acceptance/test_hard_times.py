"""Full disks, damaged files, lost logins, old versions: nothing accepted is lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from filelock import FileLock

from mirror.ledger import Ledger
from plugin.status import worker_lives
from tests.acceptance.world import JPEG, World
from tests.waiting import wait_for
from worker.ending import End
from worker.loop import Worker


def kill_worker(world: World) -> None:
    os.kill(world.worker_pid(), signal.SIGKILL)
    wait_for(lambda: not worker_lives(world.data), what="the worker's end")


def test_a_disk_that_is_full_for_a_while_loses_nothing(world: World) -> None:
    """A limit on the size of files makes every write fail, as a full disk does."""
    resource = pytest.importorskip("resource")
    if not hasattr(resource, "prlimit"):
        pytest.skip("only Linux can limit another process")
    scene, key = world.add()
    world.save(scene, title="before")
    world.settle()
    pid = world.worker_pid()
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (10, before[1]))
    for n in range(5):
        world.save(scene, title=f"while full {n}")
    wait_for(lambda: len(list((world.data / "inbox").glob("*.json"))) == 5, what="kept events")
    assert worker_lives(world.data)
    assert "cannot be written" in world.wait_for_pause("not_kept")
    assert world.operation(mode="status")["light"]["level"] == "needs_you"

    resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
    wait_for(lambda: world.shown(key, "title") == "while full 4", what="the last title")
    assert world.worker_pid() == pid
    wait_for(lambda: world.pause() is None, what="the end of the pause")
    assert world.operation(mode="status")["failed"] == []


def test_a_damaged_queue_is_set_aside_and_what_changed_is_found_again(world: World) -> None:
    scene, key = world.add()
    world.save(scene, title="before")
    world.settle()
    kill_worker(world)
    queue = world.data / "queue" / "data.db"
    queue.write_bytes(b"no database " * 1000)
    queue.with_name("data.db-wal").unlink(missing_ok=True)
    world.edit_without_hook(scene, title="saved while the queue was broken")

    world.operation(mode="wake")
    wait_for(
        lambda: world.shown(key, "title") == "saved while the queue was broken", what="the title"
    )
    assert queue.with_name("data.db.damaged-1").exists()


def test_a_queue_that_is_damaged_under_a_worker_that_lives_is_built_anew_by_it(
    world: World,
) -> None:
    scene, key = world.add()
    world.save(scene, title="before")
    world.settle()
    worker = world.worker_pid()
    for path in (world.data / "queue").iterdir():  # all parts, so that no copy in memory serves
        with path.open("r+b") as file:
            file.write(b"no database " * (path.stat().st_size // 12 + 1))

    world.save(scene, title="saved upon a broken queue")
    wait_for(lambda: world.shown(key, "title") == "saved upon a broken queue", what="the title")
    assert world.worker_pid() == worker
    assert "it is built anew" in world.worker_log()


def test_a_damaged_ledger_comes_back_from_its_copy(world: World) -> None:
    tag = world.stash.store.add_tag("Ours")
    scene, key = world.add()
    world.save(scene, title="t", tag_ids=[str(tag)])
    world.settle()
    kill_worker(world)
    ledger = world.data / "ledger.db"
    with closing(Ledger(ledger)) as opened:
        opened.copy()
    ledger.write_bytes(b"no database " * 1000)

    world.save(scene, tag_ids=[])
    wait_for(lambda: world.tags(key, "genre") == [], what="the end of a tag that was ours")


def test_without_ledger_and_copy_nothing_in_plex_counts_as_ours(world: World) -> None:
    tag = world.stash.store.add_tag("Once ours")
    scene, key = world.add()
    world.save(scene, title="t", tag_ids=[str(tag)])
    world.settle()
    kill_worker(world)
    for path in world.data.glob("ledger.db*"):
        path.unlink()

    world.save(scene, title="t2", tag_ids=[])
    wait_for(lambda: world.shown(key, "title") == "t2", what="the title")
    assert world.tags(key, "genre") == ["Once ours"]


def test_the_ledger_is_copied_once_a_day(world: World) -> None:
    scene, _ = world.add()
    world.save(scene, title="t")
    wait_for(lambda: (world.data / "ledger.db.copy").exists(), what="the copy")
    born = (world.data / "ledger.db.copy").stat().st_mtime_ns
    world.save(scene, title="t2")
    world.settle()
    assert (world.data / "ledger.db.copy").stat().st_mtime_ns == born


@pytest.mark.parametrize("name", ["queue/data.db", "ledger.db"])
def test_a_file_of_a_newer_version_is_refused_untouched_with_a_clear_message(
    world: World, name: str
) -> None:
    scene, _ = world.add()
    world.save(scene, title="t")
    world.settle()
    world.end_worker()
    with closing(sqlite3.connect(world.data / name)) as connection:
        connection.execute("PRAGMA user_version = 99")
    bytes_before = (world.data / name).read_bytes()

    world.save(scene, title="t2")
    message = world.wait_for_pause("newer_schema")
    assert "99" in message
    assert "install the newer PlexSync" in message
    wait_for(lambda: not worker_lives(world.data), what="the worker's end")
    assert (world.data / name).read_bytes() == bytes_before
    assert len(list((world.data / "inbox").glob("*.json"))) == 1


def test_an_expired_login_waits_for_the_next_hook(tmp_path: Path) -> None:
    with World(tmp_path, credentials=True) as world:
        scene, key = world.add()
        world.save(scene, title="one")
        wait_for(lambda: world.shown(key, "title") == "one", what="the first title")
        world.stash.faults.refuse_cookies = True
        world.save(scene, title="two")
        wait_for(lambda: "refuses our login" in world.worker_log(), what="the pause")

        world.stash.faults.refuse_cookies = False
        world.save(scene, title="three")
        wait_for(lambda: world.shown(key, "title") == "three", what="the title by a fresh login")


def test_an_hour_of_500s_costs_no_scene_its_attempts(world: World) -> None:
    """Many rounds of failing stand for the hour; none of them counts."""
    pairs = [world.add(f"scene {n}.mp4") for n in range(12)]
    world.plex.faults.set("status:500", methods={"PUT"})
    for n, (scene, _) in enumerate(pairs):
        world.save(scene, title=f"edited {n}")
    world.wait_for_pause("plex_away")
    refused = [one for one in world.plex.requests if one.kind == "edit"]
    wait_for(
        lambda: len([one for one in world.plex.requests if one.kind == "edit"]) > len(refused),
        what="another try",
    )
    world.plex.faults.clear()

    wait_for(
        lambda: all(world.shown(key, "title") == f"edited {n}" for n, (_, key) in enumerate(pairs)),
        what="all titles",
        seconds=60,
    )
    assert world.operation(mode="status")["failed"] == []


def test_a_first_cover_that_is_cut_off_on_its_way_is_sent_again(world: World) -> None:
    """What was promised before the upload is no proof that Plex has it."""
    scene, key = world.add(cover=JPEG)
    world.plex.faults.set("reset", methods={"POST"})
    world.save(scene, title="t")
    world.wait_for_pause("plex_away")
    assert not world.plex.store.item(key).uploads
    world.plex.faults.clear()

    wait_for(lambda: world.plex.store.item(key).uploads, what="the cover")
    world.settle()
    assert [one.data for one in world.plex.store.item(key).uploads] == [JPEG]
    assert "thumb" in world.plex.store.item(key).locked


def test_a_worker_ends_when_stash_has_been_gone_for_long(world: World) -> None:
    scene, _ = world.add()
    with FileLock(world.data_folder() / "worker.lock"):  # so that no hook starts another one
        world.save(scene, title="kept")
        world.stash.faults.down = True
        worker = Worker(world.data, world.config / "plugins" / "PlexSync", stash_gone_seconds=0.5)
        try:
            assert worker.run() is End.STASH_GONE
        finally:
            worker.close()
        (world.data / "state.json").unlink()  # it names this process
    assert world.operation(mode="status")["queue"]["waiting"] == 1


@pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")
def test_a_worker_that_is_asked_to_end_finishes_the_scene_in_hand(world: World) -> None:
    pairs = [world.add(f"scene {n}.mp4", title=f"t{n}") for n in range(60)]
    world.plex.faults.set("slow:0.05", methods={"PUT"})
    world.operation(mode="sync", ids=[scene for scene, _ in pairs])
    wait_for(lambda: [r for r in world.plex.requests if r.kind == "edit"], what="the first write")
    world.end_worker()
    edits = len([one for one in world.plex.requests if one.kind == "edit"])
    assert 0 < edits < 60
    world.plex.faults.clear()

    world.operation(mode="wake")
    wait_for(
        lambda: all(world.shown(key, "title") == f"t{n}" for n, (_, key) in enumerate(pairs)),
        what="all titles",
    )
    assert len([one for one in world.plex.requests if one.kind == "edit"]) == 60


def test_a_missing_module_is_named_with_the_remedy(world: World) -> None:
    """An empty `vendor` folder hides what the machine has installed."""
    (world.config / "plugins" / "PlexSync" / "vendor").mkdir()
    scene, _ = world.add()
    world.save(scene, title="kept")
    message = world.wait_for_pause("not_installed")
    assert "requirements.txt" in message
    assert len(list((world.data / "inbox").glob("*.json"))) == 1

    world.stash.wait_for_job(world.start_task("Sync all scenes"))
    errors = [one.message for one in world.stash.log if one.level == "error"]
    assert any("is not installed" in one for one in errors)
