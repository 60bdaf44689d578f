"""What the page is told at once: state, troubles, a scene, settings. Nobody is asked for it."""

from __future__ import annotations

import pytest

from tests.acceptance.world import World
from tests.waiting import wait_for


def test_before_the_first_use_everything_has_an_answer_and_nothing_is_made(world: World) -> None:
    status = world.operation(mode="status")
    assert status["light"]["level"] == "off"
    assert status["troubles"] == []
    assert status["held"] is None
    assert status["setup"] == {"is_open": False, "is_done": False, "step": ""}
    assert status["version"] == "0.1.0"
    assert world.operation(mode="troubles", code="no_library")["total"] == 0
    scene = world.operation(mode="scene", id=45)
    assert (scene["known"], scene["state"], scene["items"]) == (False, "unknown", [])
    assert world.operation(mode="settings")["token_is"] == "missing"
    assert world.operation(mode="support")["text"].startswith("PlexSync 0.1.0")
    assert not world.data.exists()


def test_the_status_counts_scenes_and_groups_what_is_wrong(world: World) -> None:
    scene, _ = world.add(title="fine")
    for n in range(3):
        world.stash.store.add_scene(f"/data/stash/new/{n}.mp4")
    world.stash.store.add_scene("/elsewhere/a.mp4")
    double = world.stash.store.add_scene("/data/stash/double.mp4")
    for _ in range(2):
        world.plex.store.add_item(world.movies, ["/media/plex/double.mp4"])
    world.task("Sync all scenes")

    status = world.operation(mode="status")
    counts = status["counts"]
    assert counts.items() >= {"in_step": 1, "not_in_plex": 4, "ambiguous": 1, "waiting": 0}.items()
    assert status["light"]["level"] == "needs_you"
    told = {one["code"]: one for one in status["troubles"]}
    assert told["not_scanned"]["about"] == "/media/plex/new"
    assert told["not_scanned"]["count"] == 3
    assert told["not_scanned"]["action"] == "scan"
    assert told["ambiguous"]["action"] == "choose"

    page = world.operation(mode="troubles", code="not_scanned", about="/media/plex/new")
    assert (page["total"], page["page"], len(page["scenes"])) == (3, 1, 3)
    assert page["scenes"][0]["paths"] == ["/media/plex/new/0.mp4"]
    assert world.operation(mode="troubles", code="not_scanned", page=2)["scenes"] == []
    [ambiguous] = world.operation(mode="troubles", code="ambiguous")["scenes"]
    assert ambiguous["scene_id"] == double
    assert len(ambiguous["candidates"]) == 2
    assert {one["library"] for one in ambiguous["candidates"]} == {"Videos"}
    assert scene


def test_a_scene_tells_its_items_its_last_sync_and_its_events(world: World) -> None:
    scene, key = world.add(title="t")
    world.save(scene, title="shown")
    wait_for(lambda: world.shown(key, "title") == "shown", what="the sync")
    world.forget_requests()

    told = world.operation(mode="scene", id=scene)
    assert (told["known"], told["state"], told["code"], told["waits"]) == (
        True,
        "in_step",
        "",
        False,
    )
    assert told["synced"] > 0
    [item] = told["items"]
    assert (item["rating_key"], item["library"], item["found_by"]) == (key, "Videos", "path")
    assert item["link"].startswith("https://app.plex.tv/desktop/#!/server/")
    assert str(key) in item["link"]
    assert world.plex.requests == []


def test_marks_tell_many_scenes_at_once(world: World) -> None:
    """A page of cards costs one process."""
    shown, _ = world.add("shown.mp4", title="t")
    away = world.stash.store.add_scene("/data/stash/away.mp4")
    unseen = world.stash.store.add_scene("/data/stash/unseen.mp4")
    assert world.operation(mode="marks", ids=[shown]) == {"marks": {}}
    for scene in (shown, away):
        world.save(scene, title="new")
    world.settle()
    world.operation(mode="hold")
    wait_for(lambda: world.status()["held"], what="the pause")
    waiting, _ = world.add("waiting.mp4")
    world.save(waiting, title="new")
    wait_for(
        lambda: str(waiting) in world.operation(mode="marks", ids=[waiting])["marks"],
        what="the job",
    )

    marks = world.operation(mode="marks", ids=[shown, away, unseen, waiting])["marks"]
    assert marks == {str(shown): "in_step", str(away): "needs_you", str(waiting): "working"}


def test_a_scene_that_was_set_aside_says_why_and_what_helps(world: World) -> None:
    scene, _ = world.add(title="t")
    world.plex.faults.set("status:400", methods={"PUT"})
    world.save(scene, title="refused")
    wait_for(lambda: world.status()["counts"]["failed"], what="the dead letter")

    told = world.operation(mode="scene", id=scene)
    assert (told["state"], told["code"]) == ("failed", "refused_edit")
    assert "400" in told["sentence"]
    assert "retry" in told["remedy"]
    [shown] = world.operation(mode="troubles", code="refused_edit")["scenes"]
    assert shown["scene_id"] == scene
    [trouble] = world.operation(mode="status")["troubles"]
    assert (trouble["action"], trouble["count"]) == ("retry", 1)


def test_a_scene_without_an_item_says_what_helps(world: World) -> None:
    scene = world.stash.store.add_scene("/data/stash/absent.mp4")
    world.operation(mode="sync", ids=[scene])
    world.wait_for_outcome(scene, "not_in_plex")
    told = world.operation(mode="scene", id=scene)
    assert (told["state"], told["code"]) == ("resting", "not_scanned")
    assert "let Plex scan" in told["remedy"]


def test_settings_show_what_is_in_force_also_where_nothing_is_stored(world: World) -> None:
    world.configure(tagsAs="nonsense", syncRatings=True, catchUpMinutes=5, contentRating="XXX")
    scene, _ = world.add(title="t")
    world.save(scene, title="now")
    world.settle()

    answer = world.operation(mode="settings")
    told = {one["key"]: one for one in answer["settings"]}
    assert told["tagsAs"]["effective"] == "genres"
    assert "none of" in told["tagsAs"]["complaint"]
    assert told["syncRatings"]["effective"] == "on"
    assert told["noPictures"]["effective"] == "off"
    assert told["catchUpMinutes"]["effective"] == "5 minutes"
    assert told["contentRating"]["effective"] == "XXX"
    assert told["coverAs"]["effective"] == told["coverAs"]["default"] == "poster"
    assert told["pathMappings"]["effective"] == "/data/stash => /media/plex"
    assert {one["group"] for one in answer["settings"]} == {"where", "what", "which"}
    assert (answer["token_is"], answer["plex_url"]) == ("setting", world.plex.url)


@pytest.mark.parametrize(
    "args",
    [{"mode": "scene"}, {"mode": "troubles"}, {"mode": "troubles", "code": "x", "page": "none"}],
)
def test_a_look_that_says_too_little_is_told_what_is_missing(
    world: World, args: dict[str, object]
) -> None:
    with pytest.raises(Exception, match="such as"):
        world.operation(**args)


def test_the_support_bundle_holds_no_secret_and_hides_names_on_request(world: World) -> None:
    scene = world.stash.store.add_scene("/data/stash/private folder/My secret film.mp4")
    world.operation(mode="sync", ids=[scene])
    world.wait_for_outcome(scene, "not_in_plex")

    whole = world.operation(mode="support", mask=False)["text"]
    assert "/media/plex/private folder" in whole
    assert world.plex.token not in whole
    hidden = world.operation(mode="support", mask=True)["text"]
    for name in ("private folder", "My secret film", "/media", world.plex.url):
        assert name not in hidden
    assert "not_scanned" in hidden
