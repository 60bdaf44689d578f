"""What each everyday case costs, request by request: no later change makes it dearer unseen.

The address of a cover moves with every edit of its scene, so that each save asks Stash whether the
picture is still the same; the answer has no body.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest

from plex.throttle import WRITES
from tests.acceptance.world import JPEG, World
from tests.waiting import wait_for

OTHER_JPEG = JPEG[:-1] + b"!"
_EDITED = re.compile(r"/library/metadata/(\d+)\?type")
WHOLE_SCENES = 400  # a page of `worker.listing`


def kinds_of_plex(world: World) -> list[str]:
    return [str(one.kind) for one in world.plex.requests]


def kinds_of_stash(world: World) -> Counter[str]:
    """What the plugin asked, by kind; what the test itself sent is left out."""
    return Counter(
        kind for one in world.stash.requests if (kind := _kind(one.operation or "", one.path))
    )


def _kind(text: str, path: str) -> str:
    if "screenshot" in path:
        return "picture"
    if "findScene(" in text:
        return "scenes"
    if "{count scenes{...S}}" in text:
        return "pages"
    if "INCLUDES" in text:
        return "related"
    return ""


def start(world: World) -> None:
    """Nothing has been asked from here on; the worker has looked at all there is to look at."""
    world.forget_requests()
    world.look()
    assert "sections" in kinds_of_plex(world)
    world.forget_requests()


@pytest.fixture
def synced(world: World) -> tuple[int, int]:
    """A scene in step, and its item."""
    scene, key = world.add(title="old", tags=[world.stash.store.add_tag("tag")])
    world.task("Sync all scenes")
    world.settle()
    return scene, key


def test_one_save(world: World, synced: tuple[int, int]) -> None:
    scene, key = synced
    start(world)
    world.save(scene, title="new")
    wait_for(lambda: world.shown(key, "title") == "new", what="the title")
    world.settle()
    assert kinds_of_plex(world) == ["metadata", "edit"]
    assert kinds_of_stash(world) == {"scenes": 1, "picture": 1}


def test_a_save_that_changes_nothing(world: World, synced: tuple[int, int]) -> None:
    scene, _ = synced
    start(world)
    world.save(scene, title="old")
    world.wait_for_outcome(scene, "unchanged")
    world.settle()
    assert kinds_of_plex(world) == []
    assert kinds_of_stash(world) == {"scenes": 1, "picture": 1}


@pytest.mark.usefixtures("synced")
def test_a_save_of_a_new_file(world: World) -> None:
    start(world)
    scene, key = world.add("new.mp4")
    world.save(scene, title="first")
    wait_for(lambda: world.shown(key, "title") == "first", what="the title")
    world.settle()
    assert kinds_of_plex(world) == ["lookup", "metadata", "edit"]
    assert kinds_of_stash(world) == {"scenes": 1, "picture": 1}


def test_a_bulk_edit_of_fifty(world: World) -> None:
    """Each title differs, so that each item gets its own write; the reads are shared."""
    pairs = [world.add(f"{n}.mp4", title=f"title {n}") for n in range(50)]
    world.task("Sync all scenes")
    start(world)
    for scene, _ in pairs:
        world.edit_without_hook(scene, title=f"new {scene}")
    world.operation(mode="sync", ids=[scene for scene, _ in pairs])
    wait_for(
        lambda: all(world.shown(key, "title") == f"new {scene}" for scene, key in pairs),
        what="every title",
    )
    world.settle()
    assert Counter(kinds_of_plex(world)) == {"metadata": 1, "edit": 50}
    assert kinds_of_stash(world) == {"scenes": 1, "picture": 50}


def test_the_same_edit_of_fifty(world: World) -> None:
    pairs = [world.add(f"{n}.mp4", title=f"title {n}") for n in range(50)]
    tag = world.stash.store.add_tag("same")
    world.task("Sync all scenes")
    start(world)
    for scene, _ in pairs:
        world.edit_without_hook(scene, tag_ids=[str(tag)])
    world.operation(mode="sync", ids=[scene for scene, _ in pairs])
    wait_for(lambda: all(world.tags(key, "genre") == ["same"] for _, key in pairs), what="each tag")
    world.settle()
    assert Counter(kinds_of_plex(world)) == {"metadata": 1, "edit": 1}


def test_a_rename_on_fifty_scenes(world: World) -> None:
    tag = world.stash.store.add_tag("before")
    pairs = [world.add(f"{n}.mp4", title=f"title {n}", tags=[tag]) for n in range(50)]
    world.task("Sync all scenes")
    start(world)
    world.stash.graphql(
        "mutation($i:TagUpdateInput!){tagUpdate(input:$i){id}}",
        {"i": {"id": str(tag), "name": "after"}},
    )
    wait_for(
        lambda: all(world.tags(key, "genre") == ["after"] for _, key in pairs), what="the new name"
    )
    world.settle()
    assert Counter(kinds_of_plex(world)) == {"metadata": 1, "edit": 1}
    asked = kinds_of_stash(world)
    del asked["picture"]  # covers made within the last two seconds are looked at once more
    assert asked == {"related": 1, "scenes": 1}


def test_a_destroyed_scene(world: World, synced: tuple[int, int]) -> None:
    scene, _ = synced
    start(world)
    world.stash.graphql(
        "mutation($i:SceneDestroyInput!){sceneDestroy(input:$i)}", {"i": {"id": str(scene)}}
    )
    world.wait_for_outcome(scene, "gone")
    world.settle()
    assert kinds_of_plex(world) == []
    assert kinds_of_stash(world)["scenes"] == 1


def test_a_changed_picture(world: World) -> None:
    scene, key = world.add(title="old", cover=JPEG)
    world.task("Sync all scenes")
    wait_for(lambda: world.plex.store.item(key).uploads, what="the first cover")
    start(world)
    with world.stash.store.lock:
        world.stash.store.scene(scene).cover = OTHER_JPEG
    world.save(scene, title="old")
    wait_for(lambda: len(world.plex.store.item(key).uploads) == 2, what="the second cover")
    world.settle()
    kinds = kinds_of_plex(world)
    assert kinds[:4] == ["metadata", "posters", "upload", "edit"]
    assert kinds_of_stash(world)["picture"] >= 1


def test_all_scenes_when_nothing_changed(world: World) -> None:
    scenes = [world.add(f"{n}.mp4", title=f"title {n}") for n in range(WHOLE_SCENES + 20)]
    world.task("Sync all scenes")

    def rest() -> bool:
        """Until the last second of their edits is over, scenes are read once more."""
        start(world)
        world.task("Sync all scenes")
        return not kinds_of_stash(world)["scenes"]

    wait_for(rest, what="a run that reads pages alone", seconds=60)
    assert kinds_of_plex(world) == []
    assert kinds_of_stash(world) == {"pages": 2}
    assert world.last_run()["counts"] == {"unchanged": len(scenes)}


def test_the_same_input_gives_the_same_requests_in_the_same_order(world: World) -> None:
    """But for the two writes that are under way at once."""

    def life(turn: str) -> list[str]:
        start(world)
        for scene, _ in pairs:
            world.edit_without_hook(scene, title=f"{turn} {scene}", tag_ids=[])
        world.operation(mode="sync", ids=[scene for scene, _ in pairs])
        wait_for(
            lambda: all(world.shown(key, "title") == f"{turn} {scene}" for scene, key in pairs),
            what="the titles",
        )
        world.settle()
        return [one.raw_target.replace(turn, "") for one in world.plex.requests]

    pairs = [world.add(f"{n}.mp4") for n in range(30)]
    world.task("Sync all scenes")
    world.settle()
    lives = [life(turn) for turn in ("turn1", "turn2", "turn3")]
    for one in lives:
        assert sorted(one) == sorted(lives[0])
        written = [int(edited[1]) for target in one if (edited := _EDITED.match(target))]
        assert sorted(written) == [key for _, key in pairs]
        for place, key in enumerate(written):
            overtaken = {earlier for _, earlier in pairs if earlier < key} - {*written[:place]}
            assert len(overtaken) < WRITES  # what the other thread has under way
