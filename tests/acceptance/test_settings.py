"""Each setting changes something that a person sees."""

from __future__ import annotations

from tests.acceptance.world import JPEG, World
from tests.waiting import wait_for


def test_a_changed_setting_starts_the_comparison_once_sync_all_was_asked_for(world: World) -> None:
    _, key = world.add(title="t", rating100=70)
    world.task("Sync all scenes")
    assert world.shown(key, "userRating") == ""

    world.configure(syncRatings=True)
    world.operation(mode="wake")
    other, _ = world.add("other.mp4")
    world.save(other, title="any save brings the settings along")

    wait_for(lambda: world.shown(key, "userRating") == "7.0", what="the rating")


def test_ratings_are_synced_when_the_setting_says_so(world: World) -> None:
    world.configure(syncRatings=True)
    scene, key = world.add()
    world.save(scene, rating100=85)
    wait_for(lambda: world.shown(key, "userRating") == "8.5", what="the rating")

    world.save(scene, rating100=None)
    wait_for(lambda: world.shown(key, "userRating") == "", what="the rating's end")


def test_without_pictures_posters_are_left_alone(world: World) -> None:
    world.configure(noPictures=True)
    scene, key = world.add(cover=JPEG)
    world.save(scene, title="a title of its own")
    world.settle()
    assert not world.plex.store.item(key).uploads
    assert "thumb" not in world.plex.store.item(key).locked


def test_an_edit_made_in_plex_is_replaced_unless_the_setting_keeps_it(world: World) -> None:
    scene, key = world.add()
    world.save(scene, title="by Stash")
    world.settle()
    world.plex.store.person_edits(key, "title", "by a person")

    world.configure(keepPlexEdits=True)
    world.save(scene, details="something else")
    wait_for(lambda: world.shown(key, "summary") == "something else", what="the summary")
    assert world.shown(key, "title") == "by a person"

    world.configure(keepPlexEdits=False)
    world.save(scene, details="once more")
    wait_for(lambda: world.shown(key, "title") == "by Stash", what="Stash's title")


def test_only_the_chosen_libraries_are_written(world: World) -> None:
    other = world.plex.store.add_section("Others", locations=("/media/plex",))
    scene, key = world.add()
    elsewhere = world.plex.store.add_item(other, ["/media/plex/scene.mp4"])

    world.configure(plexLibraries="Others")
    world.save(scene, title="in one")
    wait_for(lambda: world.shown(elsewhere, "title") == "in one", what="the title")
    assert world.shown(key, "title") == "scene"

    world.configure(plexLibraries="")
    world.save(scene, title="in both")
    wait_for(
        lambda: {world.shown(one, "title") for one in (key, elsewhere)} == {"in both"},
        what="both titles",
    )


def test_episodes_are_written_only_where_their_library_is_named(world: World) -> None:
    shows = world.plex.store.add_section("Shows", type="show", locations=("/media/shows",))
    episode = world.plex.store.add_item(shows, ["/media/shows/a.mp4"])
    scene = world.stash.store.add_scene("/data/shows/a.mp4")
    world.configure(pathMappings="/data/shows => /media/shows")
    world.save(scene, title="an episode")
    world.settle()
    world.wait_for_outcome(scene, "not_in_plex")

    world.configure(pathMappings="/data/shows => /media/shows", plexLibraries="Shows")
    world.save(scene, title="an episode")
    wait_for(lambda: world.shown(episode, "title") == "an episode", what="the episode's title")


def test_a_mapping_that_was_missing_wakes_the_scenes_that_rest(world: World) -> None:
    world.configure(pathMappings="")
    scene, key = world.add()
    # With a second file of that name nobody can tell which folder is which.
    world.plex.store.add_item(world.movies, ["/media/plex/copies/scene.mp4"])
    world.save(scene, title="found later")
    why = world.wait_for_outcome(scene, "not_in_plex")
    assert "no chosen Plex library has the folder" in why

    world.configure()
    other, _ = world.add("other.mp4")
    world.save(other, title="any save brings the settings along")
    wait_for(lambda: world.shown(key, "title") == "found later", what="the title")


def test_a_bad_value_is_named_and_the_rest_goes_on(world: World) -> None:
    world.configure(syncRatings="maybe")
    scene, key = world.add()
    world.save(scene, title="still synced")
    wait_for(lambda: world.shown(key, "title") == "still synced", what="the title")
    wait_for(
        lambda: any("syncRatings" in one for one in world.status()["complaints"]),
        what="the complaint",
    )


def test_the_older_plugins_address_serves(world: World) -> None:
    host, _, port = world.plex.url.removeprefix("http://").partition(":")
    world.configure(plexUrl="", plexHost=host, plexPort=int(port))
    scene, key = world.add()
    world.save(scene, title="by the old address")
    wait_for(lambda: world.shown(key, "title") == "by the old address", what="the title")
