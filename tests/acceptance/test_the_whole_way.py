"""From a save in Stash to the item in Plex, with real processes and real HTTP."""

from __future__ import annotations

import json

from tests.acceptance.world import JPEG, World
from tests.waiting import wait_for


def test_a_saved_scene_shows_in_plex_with_every_field(world: World) -> None:
    store = world.stash.store
    network = store.add_studio("Network One")
    studio = store.add_studio("Studio A", parent=network)
    performers = [store.add_performer("Ada"), store.add_performer("Bob, Jr.")]
    tags = [store.add_tag("Outdoors"), store.add_tag("Comma, Tag")]
    scene, key = world.add("scene 1.mp4", cover=JPEG)

    world.save(
        scene,
        title='A "quoted" & <tagged> title',
        details="Line one.\n\nLine two, ünïcode 日本.",
        date="2024-05",
        rating100=85,
        director="Dee Rector",
        studio_id=str(studio),
        performer_ids=[str(one) for one in performers],
        tag_ids=[str(one) for one in tags],
    )
    world.settle()

    item = world.plex.store.item(key)
    assert world.shown(key, "title") == 'A "quoted" & <tagged> title'
    assert world.shown(key, "summary") == "Line one.\n\nLine two, ünïcode 日本."
    assert world.shown(key, "originallyAvailableAt") == "2024-05-01"
    assert world.shown(key, "studio") == "Studio A"
    assert world.tags(key, "actor") == ["Ada", "Bob, Jr."]
    assert sorted(world.tags(key, "genre")) == ["Comma, Tag", "Outdoors"]
    assert world.tags(key, "director") == ["Dee Rector"]
    assert world.shown(key, "userRating") == ""  # ratings are off unless asked for
    assert len(item.uploads) == 1
    written = {"title", "summary", "originallyAvailableAt", "studio", "actor", "genre", "director"}
    assert {*written, "thumb"} <= item.locked


def test_a_save_costs_one_read_of_stash_and_one_read_and_one_write_of_plex(world: World) -> None:
    scene, key = world.add(title="old")
    world.save(scene, title="first")
    world.forget_requests()

    world.save(scene, title="second")
    wait_for(lambda: world.shown(key, "title") == "second", what="the new title")
    world.settle()

    assert [one.kind for one in world.plex.requests] == ["metadata", "edit"]
    ours = [one for one in world.stash.requests if "findScene(" in (one.operation or "")]
    assert len(ours) == 1


def test_an_unchanged_scene_sends_nothing_to_plex(world: World) -> None:
    scene, key = world.add(title="same", cover=JPEG)
    world.save(scene, title="same")
    world.forget_requests()

    world.save(scene, title="same")
    world.settle()

    world.wait_for_outcome(scene, "unchanged")
    assert world.plex.requests == []
    assert world.shown(key, "title") == "same"


def test_a_bulk_edit_that_is_the_same_for_fifty_scenes_is_one_write(
    world: World,
) -> None:
    """Its fifty hooks come one after another; what is due at a time depends on how fast they do."""
    pairs = [world.add(f"folder {n % 3}/scene {n}.mp4", title=f"scene {n}") for n in range(50)]
    world.task("Sync all scenes")
    tag = world.stash.store.add_tag("Bulk")
    world.operation(mode="hold")
    world.forget_requests()

    world.stash.graphql(
        "mutation($i:BulkSceneUpdateInput!){bulkSceneUpdate(input:$i){id}}",
        {
            "i": {
                "ids": [str(scene) for scene, _ in pairs],
                "tag_ids": {"ids": [str(tag)], "mode": "ADD"},
            }
        },
    )
    wait_for(lambda: world.status()["queue"]["due"] == 50, what="all jobs")
    world.operation(mode="go_on")
    wait_for(
        lambda: all(world.tags(key, "genre") == ["Bulk"] for _, key in pairs), what="every tag"
    )
    world.settle()

    edits = [one for one in world.plex.requests if one.kind == "edit"]
    assert len(edits) == 1


def test_what_a_scan_finds_is_synced(world: World) -> None:
    key = world.plex.store.add_item(world.movies, ["/media/plex/new.mp4"], title="0001")
    world.stash.store.add_file_to_scan("/data/stash/new.mp4")

    job = world.stash.graphql("mutation{metadataScan(input:{})}")["metadataScan"]
    world.stash.wait_for_job(str(job))
    scene = max(one.id for one in world.stash.store.scenes.values())
    wait_for(lambda: world.status()["outcomes"], what="an outcome")

    world.wait_for_outcome(scene, "unchanged")
    assert world.shown(key, "title") == "0001"  # a file name never replaces a title of others


def test_renaming_a_performer_reaches_the_scenes_that_show_her(world: World) -> None:
    ada = world.stash.store.add_performer("Ada")
    pairs = [world.add(f"scene {n}.mp4", title=f"t{n}", performers=[ada]) for n in range(5)]
    for scene, _ in pairs:
        world.save(scene, organized=True)
    world.settle()

    world.stash.graphql(
        "mutation($i:PerformerUpdateInput!){performerUpdate(input:$i){id}}",
        {"i": {"id": str(ada), "name": "Ada Renamed"}},
    )

    wait_for(
        lambda: all(world.tags(key, "actor") == ["Ada Renamed"] for _, key in pairs),
        what="the new name on every item",
    )


def test_a_tag_that_is_destroyed_leaves_the_items_that_showed_it(world: World) -> None:
    """Stash can no longer be asked which scenes showed it; the ledger knows."""
    gone, stays = world.stash.store.add_tag("Gone"), world.stash.store.add_tag("Stays")
    scene, key = world.add(title="t", tags=[gone, stays])
    world.save(scene, organized=True)
    world.settle()
    assert sorted(world.tags(key, "genre")) == ["Gone", "Stays"]

    world.stash.graphql(
        "mutation($i:TagDestroyInput!){tagDestroy(input:$i)}", {"i": {"id": str(gone)}}
    )

    wait_for(lambda: world.tags(key, "genre") == ["Stays"], what="the tag's end in Plex")


def test_a_destroyed_scene_leaves_its_item_as_it_is(world: World) -> None:
    scene, key = world.add(title="t")
    world.save(scene, title="kept")
    world.settle()

    world.stash.graphql(
        "mutation($i:SceneDestroyInput!){sceneDestroy(input:$i)}", {"i": {"id": str(scene)}}
    )
    world.wait_for_outcome(scene, "gone")

    assert world.shown(key, "title") == "kept"


def test_what_plex_does_not_have_rests_with_a_reason_and_is_found_after_its_scan(
    world: World,
) -> None:
    scene = world.stash.store.add_scene("/data/stash/late.mp4", title="late")
    world.save(scene, title="late")
    world.settle()
    assert "not scanned" in world.wait_for_outcome(scene, "not_in_plex")

    key = world.plex.store.add_item(world.movies, ["/media/plex/late.mp4"])
    world.save(scene, title="late")
    wait_for(lambda: world.shown(key, "title") == "late", what="the title after the scan")


def test_a_file_of_the_same_name_in_another_folder_is_never_written(world: World) -> None:
    scene, mine = world.add("StudioA/scene.mp4")
    other = world.plex.store.add_item(world.movies, ["/media/plex/StudioB/scene.mp4"])
    before = world.shown(other, "title")

    world.save(scene, title="mine")
    world.settle()

    assert (world.shown(mine, "title"), world.shown(other, "title")) == ("mine", before)


def test_two_items_with_one_file_are_named_and_neither_is_written(world: World) -> None:
    scene, first = world.add("double.mp4")
    second = world.plex.store.add_item(world.movies, ["/media/plex/double.mp4"])

    world.save(scene, title="which?")
    world.settle()

    text = world.wait_for_outcome(scene, "ambiguous")
    assert str(first) in text
    assert str(second) in text
    assert not [one for one in world.plex.requests if one.kind == "edit"]


def test_an_item_that_was_added_anew_is_found_within_the_same_job(world: World) -> None:
    scene, key = world.add(title="t", cover=JPEG)
    world.save(scene, title="one")
    world.settle()
    fresh = world.plex.store.move_item_to_new_key(key)

    world.save(scene, title="two")
    wait_for(lambda: world.shown(fresh, "title") == "two", what="the title on the new item")


def test_installing_writes_nothing_until_something_is_edited(world: World) -> None:
    world.add("untouched.mp4", title="in Stash only")
    scene, _ = world.add("touched.mp4")
    world.save(scene, title="a title of its own")
    world.settle()

    world.configure(syncRatings=True)
    world.operation(mode="sync", ids=[scene])
    world.settle()

    assert len([one for one in world.plex.requests if one.kind == "edit"]) == 1


def test_the_token_stands_in_no_file_but_stashs_own_and_in_no_address(world: World) -> None:
    scene, _ = world.add(cover=JPEG)
    world.save(scene, title="t")
    world.settle()
    world.end_worker()

    token = world.plex.token.encode()
    for path in world.data.rglob("*"):
        if path.is_file():
            assert token not in path.read_bytes(), path
    assert all(token.decode() not in one.raw_target for one in world.plex.requests)


def test_one_client_identifier_is_used_for_good(world: World) -> None:
    scene, _ = world.add()
    world.save(scene, title="one")
    world.settle()
    world.end_worker()
    world.save(scene, title="two")
    world.settle()

    seen = {one.headers.get("X-Plex-Client-Identifier") for one in world.plex.requests}
    stored = json.loads((world.data / "client.json").read_text())["identifier"]
    assert seen == {stored}


def test_only_changed_bytes_of_a_cover_are_sent(world: World) -> None:
    scene, key = world.add(title="t", cover=JPEG)
    world.save(scene, title="one")
    world.settle()
    world.save(scene, title="two")
    world.settle()
    assert len([one for one in world.plex.requests if one.kind == "upload"]) == 1

    world.stash.store.set_cover(scene, JPEG + b"changed", touch=True)
    world.save(scene, title="two")
    wait_for(lambda: len(world.plex.store.item(key).uploads) == 2, what="the second cover")


def test_a_scene_without_a_cover_sends_none(world: World) -> None:
    scene, key = world.add(title="t")
    world.save(scene, title="one")
    world.settle()
    assert not world.plex.store.item(key).uploads
