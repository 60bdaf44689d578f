"""Which item a scene is written to: by full path, explained, and healed by itself."""

from __future__ import annotations

from tests.acceptance.world import World
from tests.waiting import wait_for


def writes(world: World) -> list[str]:
    return [one.path for one in world.plex.requests if one.kind == "edit"]


# Path mapping


def many(world: World, count: int) -> list[tuple[int, int]]:
    return [world.add(f"studio {n % 3}/scene {n}.mp4") for n in range(count)]


def test_without_a_mapping_a_sure_one_is_detected_used_and_reported(world: World) -> None:
    world.configure(pathMappings="")
    world.stash.store.stash_paths = ("/data/stash",)
    scenes = many(world, 30)
    scene, key = scenes[7]
    world.save(scene, title="found by itself")
    wait_for(lambda: world.shown(key, "title") == "found by itself", what="the title")

    asked = [str(one.kind) for one in world.plex.requests if one.kind in {"lookup", "listing"}]
    assert asked.count("listing") == 0
    assert len(asked) <= 6
    told = wait_for(lambda: " ".join(world.status()["mapping"]), what="a report")
    assert "detected and is used" in told
    assert "/data/stash" in told
    assert "/media/plex" in told
    assert "100" in told


def test_a_mapping_that_is_not_sure_is_proposed_and_not_used(world: World) -> None:
    world.configure(pathMappings="")
    scenes = many(world, 30)
    for n in range(24):  # most scenes have a namesake that lies elsewhere
        world.plex.store.add_item(world.movies, [f"/media/plex/other/scene {n}.mp4"])
    scene, key = scenes[29]
    world.save(scene, title="not written")
    world.wait_for_outcome(scene, "not_in_plex")

    assert world.shown(key, "title") != "not written"
    told = " ".join(world.operation(mode="status")["mapping"])
    assert "not sure enough" in told


def test_a_person_can_ask_for_the_detection_with_a_mapping_set(world: World) -> None:
    many(world, 25)
    last = world.task("Detect path mappings")
    assert "nothing was changed" in last
    lines = " ".join(one.message for one in world.stash.log)
    assert "/data/stash" in lines
    assert "25" in lines

    answer = world.operation(mode="detect_paths")

    found = world.result(answer["id"])["result"]
    assert found["is_sure"] is True
    assert found["coverage"] == 1.0


def test_a_mapping_that_is_wrong_is_said_by_name(world: World) -> None:
    world.stash.store.stash_paths = ("/data/stash",)
    world.configure(pathMappings="/media/plex => /data/stash; /data/stash => /media/plex")
    scene, key = world.add()
    world.save(scene, title="t")
    wait_for(lambda: world.shown(key, "title") == "t", what="the title")
    told = wait_for(lambda: " ".join(world.status()["mapping"]), what="a complaint")
    assert "/media/plex => /data/stash" in told
    assert "wrong way round" in told


# Several items, several scenes


def test_the_same_file_in_two_libraries_is_written_in_both(world: World) -> None:
    other = world.plex.store.add_section("Copies", locations=("/media/plex",))
    scene, key = world.add()
    twin = world.plex.store.add_item(other, ["/media/plex/scene.mp4"])
    world.save(scene, title="in both")
    wait_for(  # two writes may be under way at once
        lambda: {world.shown(one, "title") for one in (key, twin)} == {"in both"},
        what="both titles",
    )


def test_candidates_are_listed_with_key_title_library_and_path(world: World) -> None:
    scene, key = world.add()
    twin = world.plex.store.add_item(world.movies, ["/media/plex/scene.mp4"], title="Twin")
    world.save(scene, title="nowhere")
    text = world.wait_for_outcome(scene, "ambiguous")
    for part in (str(key), str(twin), "'Twin'", "Videos", "/media/plex/scene.mp4"):
        assert part in text
    assert writes(world) == []


def test_an_item_of_two_scenes_is_written_from_the_scene_of_its_first_file(world: World) -> None:
    """Whoever is saved last must not win, or the two would take turns for ever."""
    first = world.stash.store.add_scene("/data/stash/a.mp4", title="first")
    second = world.stash.store.add_scene("/data/stash/b.mp4", title="second")
    key = world.plex.store.add_item(world.movies, ["/media/plex/a.mp4", "/media/plex/b.mp4"])
    world.save(second, title="second's title")
    text = world.wait_for_outcome(second, "merged")
    assert f"item {key}" in text
    assert f"scene {first}" in text
    assert writes(world) == []

    world.save(first, title="first's title", tag_ids=[str(world.stash.store.add_tag("first's"))])
    wait_for(lambda: world.shown(key, "title") == "first's title", what="the title")
    world.save(second, details="again")
    world.wait_for_outcome(second, "merged")
    assert world.shown(key, "summary") == ""
    assert len(writes(world)) == 1


def test_the_other_scene_takes_over_when_the_first_one_is_destroyed(world: World) -> None:
    first = world.stash.store.add_scene("/data/stash/a.mp4", title="first")
    second = world.stash.store.add_scene("/data/stash/b.mp4", title="second")
    key = world.plex.store.add_item(world.movies, ["/media/plex/a.mp4", "/media/plex/b.mp4"])
    tag = world.stash.store.add_tag("of the first")
    world.save(first, tag_ids=[str(tag)])
    wait_for(lambda: world.tags(key, "genre") == ["of the first"], what="the first's tag")
    world.save(second, rating100=20)
    world.wait_for_outcome(second, "merged")

    world.stash.graphql(
        "mutation($i:SceneDestroyInput!){sceneDestroy(input:$i)}", {"i": {"id": str(first)}}
    )
    wait_for(lambda: world.shown(key, "title") == "second", what="the second's title")
    assert world.tags(key, "genre") == []


def test_a_file_that_stash_does_not_know_speaks_for_nobody(world: World) -> None:
    scene = world.stash.store.add_scene("/data/stash/b.mp4")
    key = world.plex.store.add_item(world.movies, ["/media/plex/only.mp4", "/media/plex/b.mp4"])
    world.save(scene, title="written")
    wait_for(lambda: world.shown(key, "title") == "written", what="the title")


# Why it rests, and how that ends


def test_each_reason_to_rest_is_told_in_words(world: World) -> None:
    world.stash.store.stash_paths = ("/data/stash", "/elsewhere")
    world.configure(pathMappings="/data/stash => /media/plex; /moved => /nowhere")
    cases = {
        "/data/stash/new.mp4": ("has not scanned", "/media/plex"),
        "/elsewhere/a.mp4": ("no path mapping says where Plex sees /elsewhere",),
        "/moved/b.mp4": ("leads to /nowhere, which is in no chosen Plex library",),
    }
    for path, parts in cases.items():
        scene = world.stash.store.add_scene(path)
        world.save(scene, title="t")
        text = world.wait_for_outcome(scene, "not_in_plex")
        assert all(part in text for part in parts), text
    scenes = world.operation(mode="status")["scenes"]
    assert scenes["resting/not_scanned"] == scenes["resting/no_mapping"] == 1


def test_plex_is_asked_to_scan_the_folder_once_and_only_where_it_is(world: World) -> None:
    world.plex.store.add_section("Elsewhere", locations=("/media/elsewhere",))
    world.configure(scanMissing=True)
    scenes = [world.stash.store.add_scene(f"/data/stash/new/{name}") for name in ("a.mp4", "b.mp4")]
    for scene in scenes:
        world.save(scene, title="scanned for")
        world.wait_for_outcome(scene, "not_in_plex")

    scans = [one for one in world.plex.requests if one.kind == "scan"]
    assert [(one.path, one.param("path")) for one in scans] == [
        (f"/library/sections/{world.movies}/refresh", "/media/plex/new")
    ]


def test_without_the_setting_plex_is_not_asked_to_scan(world: World) -> None:
    scene = world.stash.store.add_scene("/data/stash/new.mp4")
    world.save(scene, title="t")
    world.wait_for_outcome(scene, "not_in_plex")
    assert [one for one in world.plex.requests if one.kind == "scan"] == []


def test_a_server_that_was_set_up_anew_is_found_right_within_the_same_job(world: World) -> None:
    scene, key = world.add()
    world.save(scene, title="one")
    wait_for(lambda: world.shown(key, "title") == "one", what="the title")
    world.settle()

    world.plex.store.set_machine_identifier("another-machine")
    new = world.plex.store.move_item_to_new_key(key)
    world.save(scene, title="two")
    wait_for(lambda: world.shown(new, "title") == "two", what="the title on the new server")
    assert world.operation(mode="status")["failed"] == []
