"""A worker killed at each moment that matters, and the one after it.

`keepPlexEdits` is on in all of these: a value of ours that was taken for a person's would stay.
"""

from __future__ import annotations

import os

from sync_queue.inbox import keep
from sync_queue.jobs import JobQueue, Priority
from tests.acceptance.world import World
from tests.torture.processes import kill, lock_holders, workers_of
from tests.torture.steps import (
    Pairs,
    assert_nothing_of_ours_is_a_persons,
    at_edit,
    edits_of,
    hook_of,
    kill_worker,
    let_ticket_expire,
    rename_all,
    run_hook_of,
    titles,
)
from tests.waiting import wait_for


def test_a_worker_killed_between_intent_and_put_repeats_only_what_is_missing(
    world: World, synced: Pairs
) -> None:
    def die() -> None:
        kill_worker(world)
        raise ConnectionAbortedError("the edit is not carried out")

    at_edit(world, 2, die)
    wanted = rename_all(world, synced, "new")
    wait_for(lambda: not workers_of(world.data), what="the kill")
    assert sum(edits_of(world, synced)) < len(synced)

    world.operation(mode="wake")
    wait_for(lambda: titles(world, synced) == wanted, what="all titles")
    world.settle()
    assert edits_of(world, synced) == [1, 1, 1]
    assert_nothing_of_ours_is_a_persons(world, synced)


def test_a_worker_killed_between_put_and_confirmation_writes_nothing_twice(
    world: World, synced: Pairs
) -> None:
    at_edit(world, 2, lambda: kill_worker(world))
    wanted = rename_all(world, synced, "new")
    wait_for(lambda: not workers_of(world.data), what="the kill")
    wait_for(lambda: sum(edits_of(world, synced)) >= 1, what="the edit")

    world.operation(mode="wake")
    wait_for(lambda: titles(world, synced) == wanted, what="all titles")
    world.settle()
    assert edits_of(world, synced) == [1, 1, 1]
    assert_nothing_of_ours_is_a_persons(world, synced)


def test_an_edit_whose_answer_was_lost_is_not_written_twice(world: World, synced: Pairs) -> None:
    world.plex.faults.set("lost", methods={"PUT"}, times=1)
    wanted = rename_all(world, synced, "new")
    wait_for(lambda: titles(world, synced) == wanted, what="all titles")
    world.settle()
    assert sum(one.kind == "edit" for one in world.plex.requests) == 3
    assert_nothing_of_ours_is_a_persons(world, synced)


def test_a_worker_killed_while_it_reads_the_batch_has_written_nothing(
    world: World, synced: Pairs
) -> None:
    world.plex.faults.set("hang", methods={"GET"}, paths="^/library/metadata/")
    wanted = rename_all(world, synced, "new")
    wait_for(lambda: [r for r in world.plex.requests if r.kind == "metadata"], what="the read")
    kill_worker(world)
    world.plex.faults.clear()

    world.operation(mode="wake")
    wait_for(lambda: titles(world, synced) == wanted, what="all titles")
    world.settle()
    assert edits_of(world, synced) == [1, 1, 1]
    assert_nothing_of_ours_is_a_persons(world, synced)


def test_a_worker_killed_before_it_holds_the_lock_blocks_the_next_for_some_seconds_only(
    world: World, synced: Pairs
) -> None:
    world.end_worker()
    scene, _ = synced[0]
    world.stash.store.scene(scene).title = "ours-0 new"
    run_hook_of(world, scene)
    for pid in wait_for(lambda: workers_of(world.data), what="the worker's process"):
        kill(pid, world.data)
    let_ticket_expire(world)

    world.operation(mode="wake")
    wait_for(lambda: world.shown(synced[0][1], "title") == "ours-0 new", what="the title")
    world.settle()
    assert edits_of(world, synced) == [1, 0, 0]
    assert_nothing_of_ours_is_a_persons(world, synced)


def test_a_worker_killed_right_after_it_took_the_lock_loses_nothing(
    world: World, synced: Pairs
) -> None:
    world.end_worker()
    lock = world.data / "worker.lock"
    scene, key = synced[0]
    world.stash.store.scene(scene).title = "ours-0 new"
    run_hook_of(world, scene)
    for pid in wait_for(lambda: lock_holders(lock), what="the lock"):
        kill(pid, world.data)
    let_ticket_expire(world)

    wait_for(lambda: world.operation(mode="wake") and lock_holders(lock), what="the next worker")
    wait_for(lambda: world.shown(key, "title") == "ours-0 new", what="the title")
    world.settle()
    assert edits_of(world, synced) == [1, 0, 0]
    assert_nothing_of_ours_is_a_persons(world, synced)


def test_a_worker_killed_between_the_queues_commit_and_the_inbox_writes_nothing_twice(
    world: World, synced: Pairs
) -> None:
    """What it leaves is what it had committed, and the file once more."""
    scene, key = synced[0]
    world.save(scene, title="ours-0 new")
    wait_for(lambda: world.shown(key, "title") == "ours-0 new", what="the title")
    world.settle()
    world.end_worker()
    (world.data / "inbox" / "00000000000000000001-1.json").write_bytes(hook_of(world, scene))

    world.operation(mode="wake")
    world.settle()
    assert edits_of(world, synced) == [1, 0, 0]
    assert_nothing_of_ours_is_a_persons(world, synced)


def test_a_worker_killed_while_it_clears_the_inbox_loses_nothing(world: World) -> None:
    """The first file vanishes only when all of them are in the queue."""
    pairs = [world.add(f"scene {n}.mp4", title=f"ours-{n}") for n in range(300)]
    world.operation(mode="wake")
    world.settle()
    world.end_worker()
    inbox, lock = world.data / "inbox", world.data / "worker.lock"
    for scene, _ in pairs[1:]:
        keep(str(world.data), hook_of(world, scene))
    # A hook and no command, which would have what came before it queued first.
    run_hook_of(world, pairs[0][0])
    wait_for(lambda: lock_holders(lock), what="the worker")
    while len(os.listdir(inbox)) == len(pairs):  # noqa: PTH208 - as quick as can be
        pass
    kill_worker(world)

    world.operation(mode="wake")
    wait_for(
        lambda: titles(world, pairs) == [f"ours-{n}" for n in range(len(pairs))],
        what="all titles",
        seconds=60,
    )
    world.settle()
    assert edits_of(world, pairs) == [1] * len(pairs)


def test_a_worker_killed_between_confirmation_and_acknowledgement_writes_nothing_twice(
    world: World, synced: Pairs
) -> None:
    """What it leaves is a job that is out though the ledger has everything."""
    wanted = rename_all(world, synced, "new")
    wait_for(lambda: titles(world, synced) == wanted, what="all titles")
    world.settle()
    world.end_worker()
    queue = JobQueue(world.data / "queue")
    queue.put_many([scene for scene, _ in synced], now=0.0, priority=Priority.SAVE)
    assert len(queue.claim(now=1.0, limit=50)) == 3
    queue.close()

    world.operation(mode="wake")
    world.settle()
    assert edits_of(world, synced) == [1, 1, 1]
    assert_nothing_of_ours_is_a_persons(world, synced)
