"""When something is missing or off: one clear message, nothing lost, and it goes on by itself."""

from __future__ import annotations

import pytest

from tests.acceptance.world import World
from tests.waiting import wait_for


def lines_about_waiting(world: World) -> list[str]:
    return [line for line in world.worker_log().splitlines() if "PlexSync waits" in line]


@pytest.mark.parametrize("missing", ["plexUrl", "plexToken"])
def test_without_address_or_token_events_are_kept_until_there_is_one(
    world: World, missing: str
) -> None:
    world.configure(**{missing: ""})
    scene, key = world.add()
    world.save(scene, title="kept")
    message = world.wait_for_pause("not_configured")
    assert missing in message
    assert world.operation(mode="status")["queue"]["waiting"] == 1

    world.configure()
    wait_for(lambda: world.shown(key, "title") == "kept", what="the title")
    assert len(lines_about_waiting(world)) == 1


def test_a_refused_token_is_said_once_and_the_queue_goes_on_when_it_is_accepted(
    world: World,
) -> None:
    right = world.plex.token
    world.configure(plexToken="wrong-token")
    scene, key = world.add()
    world.save(scene, title="kept")
    message = world.wait_for_pause("token_refused")
    assert "plexToken" in message
    assert "wrong-token" not in world.worker_log() + message

    world.configure(plexToken=right)
    wait_for(lambda: world.shown(key, "title") == "kept", what="the title")
    wait_for(lambda: world.pause() is None, what="the end of the pause")


def test_a_library_that_does_not_exist_is_named_with_the_ones_that_do(world: World) -> None:
    world.configure(plexLibraries="Vidoes")
    scene, key = world.add()
    world.save(scene, title="kept")
    message = world.wait_for_pause("not_configured")
    assert "'Vidoes'" in message
    assert "Videos" in message

    world.configure(plexLibraries="videos")
    wait_for(lambda: world.shown(key, "title") == "kept", what="the title")


@pytest.mark.parametrize("fault", ["maintenance", "status:502", "status:429", "html", "garbage"])
def test_a_plex_that_cannot_answer_costs_no_attempt_and_no_scene(world: World, fault: str) -> None:
    scene, key = world.add()
    world.save(scene, title="before")
    world.settle()
    world.plex.faults.set(fault)
    world.save(scene, title="after")
    wait_for(lambda: world.pause(), what="the pause")

    world.plex.faults.clear()
    wait_for(lambda: world.shown(key, "title") == "after", what="the title")
    assert world.operation(mode="status")["failed"] == []


def test_a_plex_that_is_off_is_one_line_in_the_log_and_loses_nothing(world: World) -> None:
    pairs = [world.add(f"scene {n}.mp4") for n in range(20)]
    world.plex.stop()
    for n, (scene, _) in enumerate(pairs):
        world.save(scene, title=f"edited {n}")
    world.wait_for_pause("plex_away")

    world.plex.start()
    wait_for(
        lambda: all(world.shown(key, "title") == f"edited {n}" for n, (_, key) in enumerate(pairs)),
        what="all titles",
    )
    assert len(lines_about_waiting(world)) == 1
    assert world.operation(mode="status")["failed"] == []


def test_a_stash_whose_database_is_locked_is_asked_again(world: World) -> None:
    scene, key = world.add()
    world.save(scene, title="before")
    world.settle()
    world.stash.faults.locked = True
    world.save(scene, title="after")
    world.wait_for_pause("stash_away")

    world.stash.faults.locked = False
    wait_for(lambda: world.shown(key, "title") == "after", what="the title")


def test_a_performers_event_waits_for_stash_and_is_not_lost(world: World) -> None:
    ada = world.stash.store.add_performer("Ada")
    scene, key = world.add(title="t", performers=[ada])
    world.save(scene, organized=True)
    world.settle()
    world.stash.faults.locked = True
    world.stash.graphql(
        "mutation($i:PerformerUpdateInput!){performerUpdate(input:$i){id}}",
        {"i": {"id": str(ada), "name": "Ada Renamed"}},
    )
    world.save(scene, title="t")
    world.wait_for_pause("stash_away")
    assert world.operation(mode="status")["inbox"]["waiting"] == 1

    world.stash.faults.locked = False
    wait_for(lambda: world.tags(key, "actor") == ["Ada Renamed"], what="the new name")


def test_one_scene_that_plex_refuses_does_not_hold_up_the_others(world: World) -> None:
    bad, bad_key = world.add("bad.mp4")
    good, good_key = world.add("good.mp4")
    world.plex.faults.set("status:500", paths=rf"/library/metadata/{bad_key}$", methods={"PUT"})
    world.save(bad, title="bad")
    world.save(good, title="good")
    wait_for(lambda: world.shown(good_key, "title") == "good", what="the good one")
    wait_for(lambda: world.pause() is None, what="the end of the pause")

    world.plex.faults.clear()
    wait_for(lambda: world.shown(bad_key, "title") == "bad", what="the bad one at its next try")
