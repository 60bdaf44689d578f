"""Taking back, and looking before leaping."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.world import JPEG, World
from tests.waiting import wait_for


def snapshot(world: World, key: int) -> tuple[object, ...]:
    """All that a person sees of an item."""
    item = world.plex.store.item(key)
    scalars = {name: value for name, value in item.scalars.items() if name != "updatedAt" and value}
    tags = {name: [tag.tag for tag in values] for name, values in item.tags.items() if values}
    return scalars, tags, item.locked, item.selected


def writes(world: World) -> list[str]:
    return [f"{one.method} {one.path}" for one in world.plex.requests if one.method != "GET"]


def undo(world: World, **what: object) -> dict[str, Any]:
    return world.result(world.operation(mode="undo", **what)["id"])


def rich(world: World, name: str) -> tuple[int, int]:
    """A scene with much to write, and an item with much of its own."""
    store = world.stash.store
    scene = store.add_scene(
        f"/data/stash/{name}",
        title=f"title of {name}",
        details="by Stash",
        date="2024-05-17",
        studio=store.add_studio(f"studio of {name}"),
        performers=[store.add_performer(f"performer of {name}")],
        tags=[store.add_tag(f"tag of {name}")],
        cover=JPEG,
    )
    key = world.plex.store.add_item(
        world.movies,
        [f"/media/plex/{name}"],
        tags={"genre": ["Own genre"], "actor": ["Own actor"]},
        locked=["genre"],
        studio="Own studio",
    )
    return scene, key


def test_an_undone_scene_shows_what_stood_there_before_and_rests(world: World) -> None:
    scene, key = rich(world, "a.mp4")
    before = snapshot(world, key)
    world.save(scene, details="saved")
    wait_for(lambda: world.shown(key, "summary") == "saved", what="the sync")
    world.settle()
    assert snapshot(world, key) != before

    answer = undo(world, ids=[scene])
    assert answer["run"]["counts"] == {"undone": 1}
    assert snapshot(world, key) == before

    world.task("Sync all scenes")
    assert snapshot(world, key) == before
    world.save(scene, details="edited again")
    wait_for(lambda: world.shown(key, "summary") == "edited again", what="the next edit")


def test_an_undone_scene_is_synced_again_when_a_person_asks_for_it(world: World) -> None:
    scene, key = rich(world, "a.mp4")
    world.save(scene, details="saved")
    wait_for(lambda: world.shown(key, "summary") == "saved", what="the sync")
    world.settle()
    undo(world, ids=[scene])

    world.operation(mode="sync", ids=[scene])
    wait_for(lambda: world.shown(key, "summary") == "saved", what="the explicit sync")


def test_what_a_person_changed_since_stays(world: World) -> None:
    scene, key = rich(world, "a.mp4")
    world.save(scene, details="saved")
    wait_for(lambda: world.shown(key, "summary") == "saved", what="the sync")
    world.settle()
    world.plex.store.person_edits(key, "title", "A person's title")
    world.plex.store.person_edits(key, "genre", ["Own genre", "tag of a.mp4", "A person's genre"])

    undo(world, ids=[scene])
    assert world.shown(key, "title") == "A person's title"
    assert world.tags(key, "genre") == ["Own genre", "A person's genre"]
    assert world.shown(key, "studio") == "Own studio"


def test_a_poster_that_a_person_chose_since_stays(world: World) -> None:
    scene, key = rich(world, "a.mp4")
    world.save(scene, details="saved")
    wait_for(lambda: world.shown(key, "summary") == "saved", what="the sync")
    world.settle()
    world.plex.store.person_edits(key, "thumb", JPEG + b"a person's")
    chosen = world.plex.store.item(key).selected["posters"]

    undo(world, ids=[scene])
    item = world.plex.store.item(key)
    assert item.selected["posters"] == chosen
    assert "thumb" in item.locked
    assert item.locked == {"thumb", "genre"}


def test_the_last_run_is_undone_and_what_was_saved_before_it_stays(world: World) -> None:
    scenes = [rich(world, f"{n}.mp4") for n in range(4)]
    first, key = scenes[0]
    world.save(first, title="saved by hand")
    wait_for(lambda: world.shown(key, "title") == "saved by hand", what="the save")
    world.settle()
    shown = [snapshot(world, one) for _, one in scenes]

    world.edit_without_hook(first, title="changed without a hook")
    world.task("Sync all scenes")
    assert world.shown(key, "title") == "changed without a hook"
    last = world.task("Undo the last run")
    assert "4 undone" in last
    assert [snapshot(world, one) for _, one in scenes] == shown


def test_everything_is_undone(world: World) -> None:
    scenes = [rich(world, f"{n}.mp4") for n in range(3)]
    before = [snapshot(world, key) for _, key in scenes]
    world.task("Sync all scenes")
    assert [snapshot(world, key) for _, key in scenes] != before
    undo(world, of="all")
    assert [snapshot(world, key) for _, key in scenes] == before
    assert "0 changed" in world.task("Sync all scenes")


def test_a_run_is_undone_by_its_name_whatever_ran_since(world: World) -> None:
    _, key = rich(world, "first.mp4")
    before = snapshot(world, key)
    world.task("Sync all scenes")
    run = world.last_run()["id"]
    _, other = rich(world, "other.mp4")
    world.task("Sync all scenes")
    shown = snapshot(world, other)

    assert undo(world, of=run)["run"]["counts"] == {"undone": 1}
    assert (snapshot(world, key), snapshot(world, other)) == (before, shown)


def test_what_was_undone_before_or_left_plex_is_no_obstacle_to_an_undo(world: World) -> None:
    scenes = [rich(world, f"{n}.mp4") for n in range(3)]
    before = [snapshot(world, key) for _, key in scenes]
    world.task("Sync all scenes")
    undo(world, ids=[scenes[0][0]])
    world.plex.store.remove_item(scenes[1][1])
    world.forget_requests()

    undo(world, ids=[scene for scene, _ in scenes])
    assert snapshot(world, scenes[2][1]) == before[2]
    assert snapshot(world, scenes[0][1]) == before[0]
    gone = [str(key) for _, key in scenes[:2]]
    assert not [one for one in writes(world) if one.rpartition("/")[2] in gone]


def test_an_undo_that_names_nothing_is_refused(world: World) -> None:
    with pytest.raises(Exception, match="names nothing"):
        world.operation(mode="undo")


def test_a_preview_of_an_undo_counts_and_writes_nothing(world: World) -> None:
    scene, key = rich(world, "a.mp4")
    world.save(scene, details="saved")
    wait_for(lambda: world.shown(key, "summary") == "saved", what="the sync")
    world.forget_requests()

    answer = world.result(world.operation(mode="preview_undo", of="all")["id"])
    assert writes(world) == []
    assert answer["result"]["counts"] == {"undone": 1}
    [shown] = answer["result"]["scenes"]
    assert shown["items"][0]["fields"]["studio"] == {
        "plex": "studio of a.mp4",
        "will_be": "Own studio",
    }
    undone = undo(world, of="all")
    assert undone["run"]["fields"] == answer["result"]["fields"]


def test_a_preview_counts_what_the_run_then_does_and_writes_nothing(world: World) -> None:
    scenes = [rich(world, f"{n}.mp4") for n in range(5)]
    world.save(scenes[0][0], details="in step already")
    world.settle()
    world.stash.store.add_scene("/data/stash/absent.mp4")
    world.stash.store.add_scene("/elsewhere/absent.mp4")
    double = world.stash.store.add_scene("/data/stash/double.mp4")
    for _ in range(2):
        world.plex.store.add_item(world.movies, ["/media/plex/double.mp4"])
    world.plex.requests.clear()

    last = world.task("Preview all scenes")
    assert writes(world) == []
    assert "would be: 4 changed, 1 unchanged, 2 not in Plex, 1 ambiguous" in last
    log = [one.message for one in world.stash.log]
    assert any("nothing was written" in line for line in log)
    preview = world.last_run()
    assert preview["mode"] == "preview"
    kept = world.result(preview["id"])["result"]
    assert kept["reasons"] == {"not_scanned": 1, "no_mapping": 1, "ambiguous": 1}
    assert kept["counts"] == preview["counts"]

    world.task("Sync all scenes")
    run = world.last_run()
    assert run["counts"] == preview["counts"]
    assert run["fields"] == preview["fields"]
    assert double


def test_a_preview_of_one_scene_shows_each_field(world: World) -> None:
    scene, key = rich(world, "a.mp4")
    answer = world.result(world.operation(mode="preview", ids=[scene])["id"])
    [shown] = answer["result"]["scenes"]
    assert (shown["scene_id"], shown["kind"]) == (scene, "changed")
    [item] = shown["items"]
    assert item["rating_key"] == key
    assert item["pictures"] == ["poster"]
    assert item["fields"]["genre"] == {"plex": "Own genre", "will_be": "Own genre, tag of a.mp4"}
    assert item["fields"]["title"] == {"plex": "a", "will_be": "title of a.mp4"}
    assert writes(world) == []
