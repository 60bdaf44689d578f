"""Changes that fire no hook reach Plex all the same, at a cost that follows what changed."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from demo.stash.records import Kind
from tests.acceptance.world import JPEG, World
from tests.waiting import wait_for

COVER = base64.b64encode(JPEG).decode()


def begin(world: World, **facts: Any) -> tuple[int, int]:
    """A scene in step, with a worker that has looked once."""
    scene, key = world.add(**facts)
    world.save(scene, details="begin")
    wait_for(lambda: world.shown(key, "summary") == "begin", what="the first sync")
    world.settle()
    return scene, key


def kinds(world: World) -> list[str]:
    return [str(one.kind) for one in world.plex.requests]


def test_an_edit_without_a_hook_is_found(world: World) -> None:
    """Auto-tag, batch tagging, other plugins, a closed browser tab."""
    scene, key = begin(world)
    world.edit_without_hook(scene, title="quietly")
    world.look()
    wait_for(lambda: world.shown(key, "title") == "quietly", what="the title")


def test_a_cover_that_stash_made_later_is_found(world: World) -> None:
    """A scan's event comes before the cover exists."""
    scene, key = begin(world)
    assert not world.plex.store.item(key).uploads
    world.edit_without_hook(scene, cover_image=f"data:image/jpeg;base64,{COVER}")
    world.look()
    wait_for(lambda: world.plex.store.item(key).uploads, what="the cover")


@pytest.mark.parametrize("kind", ["Performer", "Tag", "Studio"])
def test_a_rename_whose_hook_was_lost_is_found(world: World, kind: Kind) -> None:
    store = world.stash.store
    if kind == "Performer":
        renamed = store.add_performer("Old")
        _, key = begin(world, performers=[renamed])
    elif kind == "Tag":
        renamed = store.add_tag("Old")
        _, key = begin(world, tags=[renamed])
    else:
        renamed = store.add_studio("Old")
        _, key = begin(world, studio=renamed)

    with store.lock:
        row = store.named[kind][renamed]
        row.name = "New"
        row.updated_at = store.now()
    world.look()

    def shown() -> list[str]:
        fields = {"Performer": "actor", "Tag": "genre"}
        return world.tags(key, fields[kind]) if kind in fields else [world.shown(key, "studio")]

    wait_for(lambda: shown() == ["New"], what="the new name")


def test_the_rename_of_a_tag_above_reaches_the_scenes_below(world: World) -> None:
    world.configure(tagParents=True)
    store = world.stash.store
    above, below = store.add_tag("Above"), store.add_tag("Below")
    store.named["Tag"][below].parent_ids = (above,)
    _, key = begin(world, tags=[below])
    assert world.tags(key, "genre") == ["Below", "Above"]
    world.stash.graphql(
        "mutation($i:TagUpdateInput!){tagUpdate(input:$i){id}}",
        {"i": {"id": str(above), "name": "Over"}},
    )
    wait_for(lambda: set(world.tags(key, "genre")) == {"Below", "Over"}, what="the new name")


def test_what_was_synced_by_its_hook_is_not_synced_again(world: World) -> None:
    scene, key = begin(world)
    world.save(scene, title="by a hook")
    wait_for(lambda: world.shown(key, "title") == "by a hook", what="the title")
    world.forget_requests()
    for _ in range(3):
        world.look()
        world.settle()
    assert "edit" not in kinds(world)


def test_what_changed_while_no_worker_lived_is_found_by_the_next_one(world: World) -> None:
    scene, key = begin(world)
    world.end_worker()
    world.edit_without_hook(scene, title="meanwhile")
    other, _ = world.add("other.mp4")
    world.save(other, title="starts a worker")
    wait_for(lambda: world.shown(key, "title") == "meanwhile", what="the title")


def test_what_changed_before_the_first_worker_waits_for_the_first_sync_all(world: World) -> None:
    _, key = world.add("old.mp4", title="never asked for")
    scene, other = world.add("new.mp4")
    world.save(scene, title="saved")
    wait_for(lambda: world.shown(other, "title") == "saved", what="the save")
    world.look()
    world.settle()
    assert world.shown(key, "title") == "old"


def test_merged_scenes_show_the_target(world: World) -> None:
    target, key = begin(world)
    source, _ = world.add("source.mp4")
    world.save(source, title="source")
    world.settle()
    world.stash.graphql(
        "mutation($i:SceneMergeInput!){sceneMerge(input:$i){id}}",
        {
            "i": {
                "source": [str(source)],
                "destination": str(target),
                "values": {"id": str(target), "title": "merged"},
            }
        },
    )
    world.look()
    wait_for(lambda: world.shown(key, "title") == "merged", what="the merged title")


# Destroyed scenes


def destroy(world: World, scene: int) -> None:
    world.stash.graphql(
        "mutation($i:SceneDestroyInput!){sceneDestroy(input:$i)}", {"i": {"id": str(scene)}}
    )


def test_a_destroyed_scenes_item_is_undone_when_the_setting_says_so(world: World) -> None:
    world.configure(undoDestroyed=True)
    scene, key = begin(world, tags=[world.stash.store.add_tag("ours")])
    assert world.tags(key, "genre") == ["ours"]
    destroy(world, scene)
    wait_for(lambda: world.tags(key, "genre") == [], what="the undo")
    wait_for(lambda: world.shown(key, "summary") == "", what="the summary's end")
    assert world.plex.store.item(key).locked == set()


def test_a_scene_that_was_made_anew_for_the_same_file_keeps_its_item(world: World) -> None:
    """A renumbered database: the rows are known by their paths."""
    world.configure(undoDestroyed=True)
    scene, key = begin(world, title="one")
    other = world.stash.store.add_scene("/data/stash/scene.mp4", title="the same file")
    destroy(world, scene)
    world.wait_for_outcome(scene, "gone")
    assert world.shown(key, "summary") == "begin"

    world.save(other, title="goes on")
    wait_for(lambda: world.shown(key, "title") == "goes on", what="the new scene's title")


def test_an_emptied_database_undoes_nothing_and_waits_for_a_person(world: World) -> None:
    world.configure(undoDestroyed=True)
    scenes = [world.add(f"{n}.mp4", title=f"title {n}") for n in range(40)]
    world.task("Sync all scenes")
    with world.stash.store.lock:
        for scene, _ in scenes:
            del world.stash.store.scenes[scene]
    world.task("Sync all scenes")
    left = [key for n, (_, key) in enumerate(scenes) if world.shown(key, "title") == f"title {n}"]
    assert len(left) >= 20
    held = world.operation(mode="status")["scenes"]["gone/held"]
    assert held == len(left)
    waiting = world.operation(mode="troubles", code="held")
    assert waiting["total"] == held
    of_left = {scene for scene, key in scenes if key in left}
    assert {one["scene_id"] for one in waiting["scenes"]} <= of_left
    assert waiting["scenes"]

    answer = world.result(world.operation(mode="undo", of="destroyed")["id"])
    assert answer["run"]["counts"] == {"undone": held}
    assert all(world.shown(key, "title") == str(n) for n, (_, key) in enumerate(scenes))


def test_a_destroyed_scene_whose_hook_was_lost_is_found_by_the_comparison(world: World) -> None:
    world.configure(undoDestroyed=True)
    scene, key = begin(world, title="one")
    world.task("Sync all scenes")
    with world.stash.store.lock:
        del world.stash.store.scenes[scene]
    world.task("Sync all scenes")
    wait_for(lambda: world.shown(key, "summary") == "", what="the undo")


# What Plex changes under us


def events(world: World, kind: str) -> list[str]:
    told = world.operation(mode="status")["events"]
    return [one["text"] for one in told if one["kind"] == kind]


def test_what_an_agent_overwrites_is_written_again_and_told(world: World) -> None:
    _, key = begin(world, title="ours")
    world.look()
    world.settle()
    world.plex.store.person_edits(key, "title", "unlocked by somebody")
    with world.plex.store.lock:
        item = world.plex.store.live(key)
        assert item is not None
        item.locked.discard("title")
    world.plex.store.refresh_item(key, title="an agent's")
    world.look()
    wait_for(lambda: world.shown(key, "title") == "ours", what="the repair")
    assert "title" in wait_for(lambda: events(world, "repaired"), what="the event")[0]


def test_a_persons_edit_stays_where_the_policy_says_so(world: World) -> None:
    world.configure(keepPlexEdits=True)
    scene, key = begin(world, title="ours")
    world.look()
    world.settle()
    world.plex.store.person_edits(key, "title", "theirs")
    world.look()
    world.save(scene, details="something else")
    wait_for(lambda: world.shown(key, "summary") == "something else", what="the next sync")
    assert world.shown(key, "title") == "theirs"
    assert events(world, "repaired") == []


def test_what_is_overwritten_again_and_again_is_left_with_a_word_about_the_setting(
    world: World,
) -> None:
    _, key = begin(world, title="ours", tags=[world.stash.store.add_tag("ours")])
    world.look()
    world.settle()
    for _ in range(4):
        world.settle()
        world.plex.store.person_edits(key, "genre", ["an agent's"])
        world.look()
        wait_for(
            lambda: "ours" in world.tags(key, "genre") or events(world, "overwritten"),
            what="a repair, or the end of them",
        )
    [text] = events(world, "overwritten")
    assert "genre" in text
    assert "Advanced" in text
    assert world.tags(key, "genre") == ["an agent's"]


def test_our_own_writes_start_no_repair(world: World) -> None:
    scenes = [world.add(f"{n}.mp4", title=f"t{n}") for n in range(20)]
    world.task("Sync all scenes")
    world.look()
    world.settle()
    for scene, _ in scenes:
        world.save(scene, details="edited")
    world.forget_requests()
    world.look()
    assert "sections" in kinds(world)
    world.settle()
    assert "edit" not in kinds(world)
    assert events(world, "repaired") == []


def test_an_item_that_was_added_anew_is_written_without_any_edit_in_stash(world: World) -> None:
    _, key = begin(world, title="ours")
    world.look()
    world.settle()
    new = world.plex.store.move_item_to_new_key(key)
    world.look()
    wait_for(lambda: world.shown(new, "title") == "ours", what="the title of the new item")


def test_a_bulk_edit_whose_tab_was_closed_reaches_plex(world: World) -> None:
    scenes = [world.add(f"{n}.mp4") for n in range(10)]
    for scene, _ in scenes:
        world.save(scene, details="begin")
    world.settle()
    heard = iter(range(100))
    world.stash.core.plugins.loses_hook = lambda _: next(heard) >= 3
    world.stash.graphql(
        "mutation($i:BulkSceneUpdateInput!){bulkSceneUpdate(input:$i){id}}",
        {"i": {"ids": [str(scene) for scene, _ in scenes], "rating100": 60, "title": "bulk"}},
    )
    world.look()
    wait_for(
        lambda: all(world.shown(key, "title") == "bulk" for _, key in scenes), what="all titles"
    )


# What moves no `updated_at`


def test_a_file_that_was_moved_is_found_by_the_comparison(world: World) -> None:
    """Neither a hook nor `updated_at` tells of it, and Plex has another item for the new path."""
    scene, key = begin(world, title="ours")
    world.task("Sync all scenes")
    file = world.stash.store.files_of(world.stash.store.scene(scene))[0]
    file.path = "/data/stash/moved/scene.mp4"
    world.plex.store.remove_item(key)
    new = world.plex.store.add_item(world.movies, ["/media/plex/moved/scene.mp4"])

    world.task("Sync all scenes")
    wait_for(lambda: world.shown(new, "title") == "ours", what="the title of the new item")


def test_plays_cost_plex_nothing(world: World) -> None:
    scene, _ = begin(world)
    world.forget_requests()
    world.stash.graphql("mutation($id:ID!){sceneAddPlay(id:$id){count}}", {"id": str(scene)})
    world.look()
    world.settle()
    assert "edit" not in kinds(world)


def test_forty_scenes_tagged_one_after_another_are_forty_writes(world: World) -> None:
    """The tagger saves a scene several times; each is written once."""
    scenes = [world.add(f"{n}.mp4") for n in range(40)]
    for scene, _ in scenes:
        world.save(scene, title="tagged")
        world.save(scene, rating100=40)
    wait_for(lambda: all(world.shown(key, "title") == "tagged" for _, key in scenes), what="all")
    world.look()
    world.settle()
    assert kinds(world).count("edit") == 40
