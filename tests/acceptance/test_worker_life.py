"""One resident worker: started once, ended for a reason, replaced when its files are."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from plugin.status import worker_lives
from sync_queue.host import is_alive
from tests.acceptance.world import World
from tests.plugin_process import call_document, hook_document, run_plugin
from tests.waiting import wait_for


def starts(world: World) -> int:
    return world.worker_log().count("the worker starts")


def test_a_burst_of_hooks_starts_one_worker(world: World) -> None:
    scenes = [world.add(f"scene {n}.mp4")[0] for n in range(40)]
    port = int(world.stash.url.rpartition(":")[2])
    documents = [
        hook_document(world.config, scene).replace(b'"Port": 9,', f'"Port": {port},'.encode())
        for scene in scenes
    ]
    plugin = world.config / "plugins" / "PlexSync"
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda one: run_plugin(one, plugin=plugin), documents))
    assert {one.code for one in answers} == {0}
    world.settle()
    assert starts(world) == 1


def test_a_second_worker_ends_at_once_and_leaves_the_first_alone(world: World) -> None:
    scene, key = world.add()
    world.save(scene, title="one")
    first = world.worker_pid()
    program = str(world.config / "plugins" / "PlexSync" / "PlexSync.py")
    second = subprocess.run(
        [sys.executable, "-I", "-S", program, "--worker", str(world.data)],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (second.returncode, second.stdout, second.stderr) == (0, b"", b"")
    world.save(scene, title="two")
    wait_for(lambda: world.shown(key, "title") == "two", what="the title")
    assert world.worker_pid() == first
    assert starts(world) == 1


def test_a_killed_worker_loses_nothing(world: World) -> None:
    pairs = [world.add(f"scene {n}.mp4") for n in range(30)]
    world.plex.faults.set("slow:0.05", methods={"PUT"})
    for n, (scene, _) in enumerate(pairs):
        world.save(scene, title=f"edited {n}")
    wait_for(lambda: [r for r in world.plex.requests if r.kind == "edit"], what="the first write")
    os.kill(world.worker_pid(), signal.SIGKILL)
    wait_for(lambda: not worker_lives(world.data), what="the worker's end")
    world.plex.faults.clear()

    world.operation(mode="wake")
    wait_for(
        lambda: all(world.shown(key, "title") == f"edited {n}" for n, (_, key) in enumerate(pairs)),
        what="all titles",
    )


def test_a_worker_whose_files_were_replaced_makes_room_for_its_successor(world: World) -> None:
    scene, key = world.add()
    world.save(scene, title="one")
    world.settle()
    old = world.worker_pid()

    manifest = world.config / "plugins" / "PlexSync" / "PlexSync.yml"
    manifest.write_text(manifest.read_text().replace("version: ", "version: 9"))
    wait_for(lambda: starts(world) == 2, what="the successor", seconds=30)

    wait_for(lambda: world.worker_pid() != old, what="the successor's own state")
    world.save(scene, title="two")
    wait_for(lambda: world.shown(key, "title") == "two", what="the title by the successor")
    wait_for(
        lambda: world.status()["worker"]["version"].startswith("9"),
        what="the new version",
    )


def test_a_disabled_plugin_has_no_worker(world: World) -> None:
    scene, _ = world.add()
    world.save(scene, title="one")
    world.settle()
    world.stash.graphql("mutation{setPluginsEnabled(enabledMap:{PlexSync:false})}")
    port = int(world.stash.url.rpartition(":")[2])
    run_plugin(
        call_document(world.config, {"mode": "sync", "ids": [scene]}, port=port),
        plugin=world.config / "plugins" / "PlexSync",
    )
    wait_for(lambda: not worker_lives(world.data), what="the worker's end")
    assert "switched off or removed" in world.worker_log()


def test_an_unfinished_run_goes_on_after_the_worker_was_killed(world: World) -> None:
    pairs = [world.add(f"scene {n}.mp4", title=f"title {n}") for n in range(100)]
    world.plex.faults.set("slow:0.02", methods={"PUT"})
    job = world.start_task("Sync all scenes")
    wait_for(
        lambda: len([r for r in world.plex.requests if r.kind == "edit"]) > 10, what="some writes"
    )
    os.kill(world.worker_pid(), signal.SIGKILL)
    wait_for(lambda: not worker_lives(world.data), what="the worker's end")
    world.operation(mode="wake")

    done = world.stash.wait_for_job(job)
    assert done.status == "FINISHED"
    # What the catch-up asks for as well, made in this very second, is no more the run's affair.
    wait_for(
        lambda: all(world.shown(key, "title") == f"title {n}" for n, (_, key) in enumerate(pairs)),
        what="every title",
    )


def test_status_tells_of_the_worker_and_the_queue(world: World) -> None:
    scene, _ = world.add()
    world.save(scene, title="one")
    world.settle()
    wait_for(lambda: world.status()["scenes"], what="the counts")
    status = world.operation(mode="status")
    assert status["worker"]["lives"] is True
    assert status["worker"]["pid"] == world.worker_pid()
    assert status["scenes"] == {"in_step": 1}
    assert status["queue"]["waiting"] == 0


def test_what_cannot_be_understood_is_set_aside_and_shown(world: World) -> None:
    scene, key = world.add()
    inbox = world.data / "inbox"
    world.save(scene, title="one")
    world.settle()
    (inbox / "00000000000000000001-1.json").write_bytes(b'{"hookContext": cut')
    world.save(scene, title="two")
    wait_for(lambda: world.shown(key, "title") == "two", what="the title")
    assert world.operation(mode="status")["inbox"]["unreadable"] == 1
    assert [one.name for one in Path(inbox / "unreadable").iterdir()]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps folders that are in use")
def test_a_worker_whose_folder_is_gone_leaves_the_new_one_alone(world: World) -> None:
    """It would keep taking events, and note what it wrote where nobody reads it."""
    scene, key = world.add()
    world.save(scene, title="before")
    wait_for(lambda: world.shown(key, "title") == "before", what="the title")
    old = world.worker_pid()
    shutil.rmtree(world.data)

    world.save(scene, title="after")
    wait_for(lambda: world.shown(key, "title") == "after", what="the title")
    wait_for(lambda: not is_alive(old), what="the end of the old worker")
    world.settle()
    assert world.worker_pid() != old
    assert world.ledger_state(scene).state == "in_step"
