"""What a person does to the worker: pause, stop, leave a scene out, choose an item."""

from __future__ import annotations

import pytest

from tests.acceptance.world import JPEG, World
from tests.waiting import wait_for


def writes(world: World) -> list[str]:
    return [f"{one.method} {one.path}" for one in world.plex.requests if one.method != "GET"]


def test_nothing_is_written_while_a_person_holds_it_and_looking_goes_on(world: World) -> None:
    scene, key = world.add(title="t", cover=JPEG)
    assert world.operation(mode="hold") == {"held": True}
    wait_for(lambda: world.status()["held"] == "person", what="the pause")
    world.save(scene, title="later")
    preview = world.result(world.operation(mode="preview", ids=[scene])["id"])
    assert preview["result"]["counts"] == {"changed": 1}

    wait_for(lambda: world.status()["queue"]["due"] == 1, what="the held job")
    status = world.operation(mode="status")
    assert writes(world) == []
    assert status["light"]["level"] == "waiting"
    assert "1 scene wait" in status["light"]["sentence"]

    assert world.operation(mode="go_on") == {"held": False}
    wait_for(lambda: world.shown(key, "title") == "later", what="the held save")


def test_a_pause_survives_the_worker_and_costs_no_attempt(world: World) -> None:
    scene, key = world.add(title="t")
    world.operation(mode="hold")
    wait_for(lambda: world.status()["held"] == "person", what="the pause")
    world.end_worker()
    world.save(scene, title="later")
    wait_for(lambda: world.status()["queue"]["due"] == 1, what="the job")
    assert writes(world) == []
    assert world.operation(mode="scene", id=scene)["waits"]
    world.operation(mode="go_on")
    wait_for(lambda: world.shown(key, "title") == "later", what="the held save")


def test_a_pause_in_the_midst_of_a_run_stops_after_the_scene_in_hand(world: World) -> None:
    pairs = [world.add(f"{n}.mp4", title=f"title {n}") for n in range(200)]
    world.plex.faults.set("slow:0.05", methods={"PUT"})
    run = world.operation(mode="start", what="sync_all")["id"]
    wait_for(lambda: writes(world), what="the first write")
    world.operation(mode="hold")
    wait_for(lambda: world.status()["held"] == "person", what="the pause")
    wait_for(lambda: not world.status()["queue"]["out"], what="the scene in hand")
    assert len(writes(world)) < 200

    world.plex.faults.clear()
    world.operation(mode="go_on")
    answer = world.result(run)
    assert answer["run"]["counts"] == {"changed": 200}
    assert all(world.shown(key, "title") == f"title {n}" for n, (_, key) in enumerate(pairs))


def test_an_undo_waits_as_well(world: World) -> None:
    scene, key = world.add(title="t")
    world.save(scene, title="ours")
    world.settle()
    world.operation(mode="hold")
    wait_for(lambda: world.status()["held"] == "person", what="the pause")
    undo = world.operation(mode="undo", ids=[scene])["id"]
    wait_for(lambda: world.status()["queue"]["due"] == 1, what="the job")
    assert world.shown(key, "title") == "ours"
    world.operation(mode="go_on")
    assert world.result(undo)["run"]["counts"] == {"undone": 1}


def test_a_task_does_not_sit_on_the_job_slot_while_a_person_holds_it(world: World) -> None:
    world.add(title="t")
    world.operation(mode="hold")
    wait_for(lambda: world.status()["held"] == "person", what="the pause")
    assert "A person paused PlexSync" in world.task("Sync all scenes")
    assert "nothing was written" in "".join(
        [world.task("Preview all scenes"), *(one.message for one in world.stash.log)]
    )


def test_a_run_is_started_and_stopped_from_the_page(world: World) -> None:
    for n in range(300):
        world.add(f"{n}.mp4", title=f"title {n}")
    world.plex.faults.set("slow:0.05", methods={"PUT"})
    run = world.operation(mode="start", what="sync_all")["id"]
    wait_for(lambda: len(writes(world)) > 3, what="some writes")
    assert world.operation(mode="status")["moves"] is True
    assert world.operation(mode="stop", id=run) == {"stopped": run}
    wait_for(lambda: world.last_run()["cancelled"], what="the stop")
    world.settle()
    assert len(writes(world)) < 100


@pytest.mark.parametrize(
    "args",
    [
        {"mode": "start"},
        {"mode": "start", "what": "explode"},
        {"mode": "stop"},
        {"mode": "ignore"},
        {"mode": "choose", "id": 1},
        {"mode": "setup", "do": "explode"},
        {"mode": "test_path"},
    ],
)
def test_what_says_too_little_is_refused_in_words(world: World, args: dict[str, object]) -> None:
    with pytest.raises(Exception, match=r"names n|names nothing|cannot"):
        world.operation(**args)


def test_an_ignored_scene_is_left_as_it_is_until_it_is_heeded_again(world: World) -> None:
    scene, key = world.add(title="t")
    world.save(scene, title="before")
    world.settle()
    assert world.operation(mode="ignore", ids=[scene], on=True) == {"accepted": 1}
    wait_for(lambda: world.status()["counts"]["ignored"] == 1, what="its state")

    world.save(scene, title="not shown")
    world.settle()
    world.task("Rewrite all scenes")
    assert world.shown(key, "title") == "before"
    told = world.operation(mode="scene", id=scene)
    assert (told["state"], told["ignored"]) == ("ignored", True)

    world.operation(mode="ignore", ids=[scene], on=False)
    wait_for(lambda: world.shown(key, "title") == "not shown", what="the sync")
    assert world.operation(mode="status")["counts"]["ignored"] == 0


def doubled(world: World) -> tuple[int, list[int]]:
    scene = world.stash.store.add_scene("/data/stash/double.mp4", title="mine")
    keys = [
        world.plex.store.add_item(world.movies, ["/media/plex/double.mp4"], title=f"item {n}")
        for n in range(2)
    ]
    world.operation(mode="sync", ids=[scene])
    world.wait_for_outcome(scene, "ambiguous")
    return scene, keys


def test_a_chosen_item_is_the_scene_s_at_once_and_stays_so(world: World) -> None:
    scene, keys = doubled(world)
    candidates = world.operation(mode="scene", id=scene)["candidates"]
    assert [one["rating_key"] for one in candidates] == keys

    assert world.operation(mode="choose", id=scene, rating_key=keys[1]) == {"accepted": 1}
    wait_for(lambda: world.shown(keys[1], "title") == "mine", what="the chosen item")
    world.settle()
    told = world.operation(mode="scene", id=scene)
    assert (told["state"], told["chosen"]) == ("in_step", keys[1])
    assert told["items"][0]["found_by"] == "choice"

    world.save(scene, title="again")
    wait_for(lambda: world.shown(keys[1], "title") == "again", what="the next save")
    world.task("Rewrite all scenes")
    assert world.shown(keys[0], "title") == "item 0"


def test_a_choice_is_taken_back(world: World) -> None:
    scene, keys = doubled(world)
    world.operation(mode="choose", id=scene, rating_key=keys[1])
    world.wait_for_outcome(scene, "changed")
    world.operation(mode="choose", id=scene, rating_key=0)
    world.wait_for_outcome(scene, "ambiguous")
    assert world.operation(mode="scene", id=scene)["chosen"] is None


@pytest.mark.parametrize("which", ["other file", "gone"])
def test_a_choice_that_holds_no_file_of_the_scene_is_dropped_with_an_event(
    world: World, which: str
) -> None:
    scene, keys = doubled(world)
    other = world.plex.store.add_item(world.movies, ["/media/plex/other.mp4"], title="other")
    world.operation(mode="choose", id=scene, rating_key=other if which == "other file" else 99999)
    wait_for(
        lambda: (
            "choice_lost"
            in [one["kind"] for one in world.operation(mode="scene", id=scene)["events"]]
        ),
        what="the event",
    )
    told = world.operation(mode="scene", id=scene)
    assert (told["state"], told["code"], told["chosen"]) == ("resting", "ambiguous", None)
    assert world.shown(other, "title") == "other"
    assert writes(world) == []
    assert keys


def test_an_open_set_up_holds_writes_until_its_last_step(world: World) -> None:
    scene, key = world.add(title="t")
    assert world.operation(mode="setup", do="open") == {"is_open": True, "step": "plex"}
    wait_for(lambda: world.status()["held"] == "setup", what="the set-up")
    world.save(scene, title="first")
    wait_for(lambda: world.status()["queue"]["due"] == 1, what="the job")
    status = world.operation(mode="status")
    assert status["light"]["level"] == "setup"
    assert writes(world) == []

    answer = world.operation(mode="setup", do="touch", step="first")
    assert answer == {"is_open": True, "step": "first"}
    wait_for(lambda: world.shown(key, "title") == "first", what="the first scene")
    assert world.operation(mode="setup", do="finish") == {"is_open": False, "step": ""}
    wait_for(lambda: world.status()["setup"]["is_done"], what="the end")


def test_a_preview_of_one_scene_shows_every_field_and_whose_it_is(world: World) -> None:
    scene, key = world.add(title="t", details="by Stash")
    world.plex.store.person_edits(key, "summary", "a person's")
    world.operation(mode="sync", ids=[scene])
    world.wait_for_outcome(scene, "changed")
    world.plex.store.person_edits(key, "title", "a person's title")
    world.forget_requests()

    answer = world.result(world.operation(mode="preview", ids=[scene])["id"])
    [shown] = answer["result"]["scenes"]
    assert shown["title"] == "t"
    [item] = shown["items"]
    rows = {one["field"]: one for one in item["rows"]}
    assert rows["title"] == {
        "field": "title",
        "stash": "t",
        "plex": "a person's title",
        "will_be": "t",
        "locked": True,
        "whose": "person",
    }
    assert (rows["summary"]["whose"], rows["summary"]["will_be"]) == ("ours", "by Stash")
    assert (rows["genre"]["plex"], rows["genre"]["whose"]) == ("", "")
    assert item["title"] == "a person's title"
    assert [one.method for one in world.plex.requests] == ["GET"]


def test_a_preview_tells_whose_the_tags_of_an_item_are(world: World) -> None:
    tag = world.stash.store.add_tag("Ours")
    scene, key = world.add(title="t", tags=[tag])

    def whose() -> str:
        answer = world.result(world.operation(mode="preview", ids=[scene])["id"])
        [item] = answer["result"]["scenes"][0]["items"]
        [row] = [one for one in item["rows"] if one["field"] == "genre"]
        return str(row["whose"])

    world.plex.store.refresh_item(key, tags={"genre": ["An agent's"]})
    assert whose() == "agent"
    world.plex.store.person_edits(key, "genre", [])
    world.operation(mode="sync", ids=[scene])
    world.wait_for_outcome(scene, "changed")
    assert whose() == "ours"
    world.plex.store.person_edits(key, "genre", ["Ours", "A person's"])
    assert whose() == "both"
    world.plex.store.person_edits(key, "genre", ["A person's"])
    assert whose() == "person"


def test_an_item_that_holds_another_file_of_the_scene_may_be_chosen(world: World) -> None:
    scene = world.stash.store.add_scene(
        ["/data/stash/first.mp4", "/data/stash/second.mp4"], title="mine"
    )
    by_path = world.plex.store.add_item(world.movies, ["/media/plex/first.mp4"])
    wanted = world.plex.store.add_item(world.movies, ["/media/plex/second.mp4"])
    world.operation(mode="choose", id=scene, rating_key=wanted)
    wait_for(lambda: world.shown(wanted, "title") == "mine", what="the chosen item")
    world.settle()
    assert world.shown(by_path, "title") == "first"
    assert world.operation(mode="scene", id=scene)["chosen"] == wanted
