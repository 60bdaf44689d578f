"""What may have reached Plex or not, and answers that are none of Plex's."""

from __future__ import annotations

import base64

import pytest

from tests.acceptance.world import JPEG, World
from tests.torture.steps import (
    Pairs,
    assert_nothing_of_ours_is_a_persons,
    at_edit,
    kill_worker,
    run_hook_of,
)
from tests.waiting import wait_for


@pytest.mark.parametrize("trouble", ["killed", "answer lost"])
def test_an_edit_that_is_undone_before_its_write_was_confirmed_is_undone_in_plex(
    world: World, synced: Pairs, trouble: str
) -> None:
    """The last confirmed fingerprint equals the wanted one, yet Plex shows the edit between."""
    scene, key = synced[0]
    if trouble == "killed":
        at_edit(world, 1, lambda: kill_worker(world))
    else:
        world.plex.faults.set("lost", methods={"PUT"}, times=1)
    world.save(scene, title="ours-0 by mistake")
    wait_for(lambda: world.shown(key, "title") == "ours-0 by mistake", what="the write")

    world.save(scene, title="ours-0")
    world.operation(mode="wake")
    wait_for(lambda: world.shown(key, "title") == "ours-0", what="the title before the mistake")
    world.settle()
    assert_nothing_of_ours_is_a_persons(world, synced[:1])


@pytest.mark.parametrize("fault", ["html", "garbage"])
def test_an_answer_that_is_not_plexs_is_no_written_edit(
    world: World, synced: Pairs, fault: str
) -> None:
    """A login page in front of Plex answers 200 to everything."""
    scene, key = synced[0]
    world.plex.faults.set(fault, methods={"PUT"}, times=1)
    world.save(scene, title="ours-0 new")
    wait_for(lambda: world.shown(key, "title") == "ours-0 new", what="the title")
    world.settle()
    assert_nothing_of_ours_is_a_persons(world, synced[:1])


@pytest.mark.parametrize("fault", ["html", "garbage", "truncated", "status:500"])
def test_a_worker_survives_whatever_plex_answers_when_it_connects(
    world: World, synced: Pairs, fault: str
) -> None:
    world.end_worker()
    world.plex.faults.set(fault, paths="^/identity|^/library/sections")
    scene, key = synced[0]
    world.save(scene, title="ours-0 new")
    wait_for(world.pause, what="the pause")
    world.plex.faults.clear()
    wait_for(lambda: world.shown(key, "title") == "ours-0 new", what="the title")
    assert "Traceback" not in world.worker_log()


def test_a_cover_that_is_undone_before_its_write_was_confirmed_is_undone_in_plex(
    world: World, synced: Pairs
) -> None:
    scene, key = synced[0]
    first, second = JPEG + b"first", JPEG + b"second"
    give(world, scene, first)
    wait_for(lambda: poster(world, key) == first, what="the first cover")
    world.settle()
    world.plex.faults.set("lost", methods={"POST"}, times=1)
    give(world, scene, second)
    wait_for(lambda: poster(world, key) == second, what="the second cover")
    give(world, scene, first)
    world.settle()
    wait_for(lambda: poster(world, key) == first, what="the first cover again")


def test_a_cover_given_within_the_second_of_the_last_sync_is_sent(
    world: World, synced: Pairs
) -> None:
    """The address of a cover moves with `updated_at`, which Stash tells in whole seconds."""
    scene, key = synced[0]
    first, second = JPEG + b"first", JPEG + b"second"
    give(world, scene, first)
    wait_for(lambda: poster(world, key) == first, what="the first cover")
    world.settle()

    world.stash.store.set_cover(scene, second, touch=False)
    run_hook_of(world, scene)
    wait_for(lambda: poster(world, key) == second, what="the second cover")


def give(world: World, scene: int, cover: bytes) -> None:
    """Save a cover, in another second than the last save."""
    last = world.stash.store.scene(scene).updated_at
    wait_for(lambda: world.stash.store.now() != last, what="the next second")
    world.save(scene, cover_image=f"data:image/jpeg;base64,{base64.b64encode(cover).decode()}")


def poster(world: World, key: int) -> bytes:
    item = world.plex.store.item(key)
    return next((one.data for one in item.uploads if one.key == item.selected["posters"]), b"")


def test_a_cover_that_plex_could_not_take_once_is_sent_again(world: World, synced: Pairs) -> None:
    scene, key = synced[0]
    world.plex.faults.set("status:500", methods={"POST"}, times=1)
    give(world, scene, JPEG + b"new")
    wait_for(lambda: poster(world, key) == JPEG + b"new", what="the cover")


def test_a_cover_that_fails_holds_back_no_text(world: World, synced: Pairs) -> None:
    scene, key = synced[0]
    world.plex.faults.set("status:500", methods={"POST"})
    give(world, scene, JPEG + b"new")
    world.save(scene, title="ours-0 with its text")
    wait_for(lambda: world.shown(key, "title") == "ours-0 with its text", what="the text")
