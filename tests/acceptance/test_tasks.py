"""Tasks and operations as Stash runs them."""

from __future__ import annotations

import re

import pytest

from demo.plexserver.wire import LoggedRequest
from plex.throttle import WRITES
from tests.acceptance.world import World
from tests.waiting import wait_for


def edits(world: World) -> list[LoggedRequest]:
    return [one for one in world.plex.requests if one.kind == "edit"]


def test_sync_all_moves_the_progress_bar_and_sums_up(world: World) -> None:
    pairs = [world.add(f"scene {n}.mp4", title=f"title {n}") for n in range(120)]
    world.stash.store.add_scene("/data/stash/not there.mp4", title="absent")
    world.plex.faults.set("slow:0.04", methods={"PUT"})

    job = world.start_task("Sync all scenes")
    done = world.stash.wait_for_job(job)

    assert done.status == "FINISHED"
    assert len({*done.progress_history}) > 2
    assert done.progress_history == sorted(done.progress_history)
    summary = [one.message for one in world.stash.log if one.level == "info"][-1]
    assert re.match(r"121 scenes in \d+\.\d s: 120 changed, 0 unchanged, 1 not in Plex", summary)
    assert all(world.shown(key, "title") == f"title {n}" for n, (_, key) in enumerate(pairs))


def test_a_second_sync_all_writes_nothing(world: World) -> None:
    for n in range(30):
        world.add(f"scene {n}.mp4", title=f"title {n}")
    world.task("Sync all scenes")
    world.forget_requests()

    assert "0 changed, 30 unchanged" in world.task("Sync all scenes")
    assert world.plex.requests == []


def test_rewrite_all_repairs_what_the_fingerprint_cannot_see(world: World) -> None:
    _, key = world.add(title="mine")
    world.add("other.mp4", title="other")
    world.task("Sync all scenes")
    world.plex.store.person_edits(key, "title", "changed in Plex")
    world.forget_requests()

    assert "1 changed, 1 unchanged" in world.task("Rewrite all scenes")
    assert world.shown(key, "title") == "mine"
    assert [one.kind for one in world.plex.requests if one.kind == "edit"] == ["edit"]


def test_recently_changed_scenes_alone_are_compared(world: World) -> None:
    world.add("scene.mp4", title="fresh")
    assert "1 changed" in world.task("Sync recently changed scenes")


def test_stop_ends_what_the_task_asked_for_within_two_seconds(world: World) -> None:
    for n in range(400):
        world.add(f"scene {n}.mp4", title=f"title {n}")
    write_seconds = 0.05
    world.plex.faults.set(f"slow:{write_seconds}", methods={"PUT"})
    job = world.start_task("Sync all scenes")
    wait_for(lambda: len(edits(world)) > 5, what="some writes")
    before = len(edits(world))

    world.stash.graphql("mutation($j:ID!){stopJob(job_id:$j)}", {"j": job})
    wait_for(lambda: world.last_run()["cancelled"], what="the stop")

    world.settle()
    assert len(edits(world)) - before < WRITES * 2.0 / write_seconds


def test_a_save_during_a_long_run_passes_it(world: World) -> None:
    pairs = [world.add(f"scene {n}.mp4", title=f"title {n}") for n in range(300)]
    world.plex.faults.set("slow:0.06", methods={"PUT"})
    job = world.start_task("Sync all scenes")
    wait_for(lambda: [r for r in world.plex.requests if r.kind == "edit"], what="the first write")

    scene, key = pairs[-1]
    world.save(scene, title="urgent")
    wait_for(lambda: world.shown(key, "title") == "urgent", what="the save")

    queue = world.operation(mode="status")["queue"]
    assert queue["due"] + queue["out"] > 50
    world.stash.graphql("mutation($j:ID!){stopJob(job_id:$j)}", {"j": job})


def test_a_task_does_not_sit_on_the_job_slot_while_plex_is_off(world: World) -> None:
    world.add(title="t")
    world.plex.stop()
    summary = world.task("Sync all scenes")
    assert "does not answer" in summary
    assert "will be synced" in summary

    world.plex.start()
    wait_for(
        lambda: world.last_run()["counts"].get("changed") == 1,
        what="the run to go on by itself",
    )


def test_clear_caches_works_also_while_paused(world: World) -> None:
    scene, key = world.add(title="t")
    world.save(scene, title="one")
    world.settle()
    world.plex.stop()
    world.save(scene, title="two")
    world.wait_for_pause("plex_away")

    assert "Caches cleared" in world.task("Clear caches")

    world.plex.start()
    wait_for(lambda: world.shown(key, "title") == "two", what="the title after the pause")


def test_a_refused_edit_is_set_aside_and_retried_on_request(world: World) -> None:
    scene, key = world.add(title="t")
    world.plex.faults.set("status:400", methods={"PUT"})
    world.save(scene, title="refused")
    wait_for(lambda: world.status()["failed"], what="the dead letter")
    [letter] = world.operation(mode="status")["failed"]
    assert (letter["scene_id"], letter["code"]) == (scene, "refused_edit")

    world.plex.faults.clear()
    assert "1 changed" in world.task("Retry failed scenes")
    assert world.shown(key, "title") == "refused"
    assert world.operation(mode="status")["failed"] == []


def test_process_the_queue_now_ends_with_an_empty_queue(world: World) -> None:
    scene, key = world.add(title="t")
    world.save(scene, title="now")
    world.task("Process the queue now")
    assert world.shown(key, "title") == "now"


def test_show_status_writes_sentences_and_starts_nothing(world: World) -> None:
    assert "Nothing was saved" in world.task("Show status")
    assert not world.data.exists()


def test_the_operation_status_starts_nothing_and_writes_nothing(world: World) -> None:
    status = world.operation(mode="status")
    assert status["worker"]["lives"] is False
    assert not world.data.exists()


def test_the_operation_sync_writes_at_once_what_differs(world: World) -> None:
    scene, key = world.add(title="never saved by hand")
    assert world.operation(mode="sync", ids=[scene]) == {"accepted": 1}
    wait_for(lambda: world.shown(key, "title") == "never saved by hand", what="the title")


def test_the_operation_wake_starts_the_worker(world: World) -> None:
    assert world.operation(mode="wake") == {"worker": "awake"}
    assert world.worker_pid() > 0


@pytest.mark.parametrize("args", [{"mode": "sync"}, {"mode": "sync", "ids": []}])
def test_the_operation_sync_without_ids_says_what_is_missing(
    world: World, args: dict[str, object]
) -> None:
    with pytest.raises(Exception, match="names no ids"):
        world.operation(**args)
