"""Coming from another plugin: its settings are offered once, and stale addresses removed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.acceptance.world import World
from tests.waiting import wait_for

CANARY = "canary-91be44"
STALE = "plex/library/metadata/12"
KEPT = ("https://example.org/a", "https://plex.example.org/plex/library/metadata/12")


def store(world: World, plugin: str, **settings: object) -> None:
    """What another plugin's settings page stored."""
    world.stash.graphql(
        "mutation($id:ID!,$s:Map!){configurePlugin(plugin_id:$id,input:$s)}",
        {"id": plugin, "s": settings},
    )


def look(world: World) -> dict[str, Any]:
    """What is offered."""
    answer: dict[str, Any] = world.operation(mode="elsewhere")
    if "id" in answer:
        answer = world.result(answer["id"])["result"]
    return answer


def urls(world: World, scene: int) -> list[str]:
    """The addresses of a scene as Stash shows them."""
    asked = "query($id:ID!){findScene(id:$id){urls}}"
    scene_told: Any = world.stash.graphql(asked, {"id": scene})["findScene"]
    return list(scene_told["urls"])


def test_nothing_is_offered_where_nothing_was_left(world: World) -> None:
    world.add()
    assert look(world) == {"offers": [], "unlike": [], "urls": {"count": 0, "scenes": []}}


def test_settings_of_stash2plex_are_offered_without_the_token(world: World) -> None:
    world.configure(plexUrl="", plexToken="")
    store(world, "Stash2Plex", plex_url=world.plex.url, plex_token=CANARY, max_tags=50)
    told = look(world)
    offers = {one["setting"]: (one["plugin"], one["old"], one["value"]) for one in told["offers"]}
    assert offers == {
        "plexUrl": ("Stash2Plex", "plex_url", world.plex.url),
        "plexToken": ("Stash2Plex", "plex_token", None),
    }
    assert told["unlike"] == [{"plugin": "Stash2Plex", "old": "max_tags"}]
    assert CANARY not in json.dumps(told)


def test_a_token_under_a_foreign_name_is_kept_nowhere(world: World) -> None:
    """Stash2Plex was called PlexSync once, so its token may stand among our own settings."""
    world.configure(plexToken="", plex_token=CANARY, plex_library="Videos")
    assert [one["old"] for one in look(world)["offers"]] == ["plex_token", "plex_library"]
    world.operation(mode="wake")
    wait_for(
        lambda: "plex_library" in world.operation(mode="support")["text"],
        what="word of what is stored",
    )
    assert CANARY not in world.operation(mode="support")["text"]
    holding = [one for one in world.data.rglob("*") if one.is_file()]
    assert [one.name for one in holding if CANARY.encode() in one.read_bytes()] == []


def test_what_a_person_answered_for_is_not_offered_again(world: World) -> None:
    scene, _ = world.add()
    world.save(scene, urls=[STALE])
    store(world, "Stash2Plex", preserve_plex_edits=True)
    assert look(world)["offers"]
    told = {"dismissed": True}
    assert world.operation(mode="elsewhere", do="dismiss", what="settings") == told
    wait_for(lambda: not look(world)["offers"], what="the settings' dismissal")
    assert look(world)["urls"]["count"] == 1

    assert world.operation(mode="elsewhere", do="dismiss") == told
    nothing: dict[str, object] = {"offers": [], "unlike": [], "urls": None}
    wait_for(lambda: world.operation(mode="elsewhere") == nothing, what="the answer at once")


@pytest.mark.parametrize("words", [{"do": "everything"}, {"do": "dismiss", "what": "scenes"}])
def test_what_the_page_cannot_mean_is_refused(world: World, words: dict[str, str]) -> None:
    with pytest.raises(Exception, match="PlexSync: "):
        world.operation(mode="elsewhere", **words)


def test_looking_for_stale_addresses_removes_none(world: World) -> None:
    for number in range(12):
        scene, _ = world.add(f"{number}.mp4", title=f"film {number}")
        world.save(scene, urls=[*KEPT, f"plex/library/metadata/{number}"])
    told = look(world)["urls"]
    assert told["count"] == 12
    assert len(told["scenes"]) == 10
    assert told["scenes"][0] == {
        "scene_id": 1,
        "title": "film 0",
        "urls": ["plex/library/metadata/0"],
    }
    assert urls(world, 1) == [*KEPT, "plex/library/metadata/0"]


def test_stale_addresses_are_removed_and_cost_nothing_in_plex(world: World) -> None:
    count = 25  # more than one call's
    for number in range(count):
        scene, key = world.add(f"{number}.mp4")
        world.save(scene, title=f"film {number}", urls=[STALE, *KEPT, f"{STALE}/"])
    world.settle()
    assert world.shown(key, "title") == f"film {count - 1}"
    untouched, _ = world.add("other.mp4")
    world.save(untouched, urls=list(KEPT))
    world.settle()

    before = len(world.plex.requests)
    told = world.result(world.operation(mode="remove_urls")["id"])["result"]
    assert told == {"count": count, "removed": count}
    assert {tuple(urls(world, one)) for one in (*range(1, count + 1), untouched)} == {KEPT}
    world.settle()
    world.wait_for_outcome(count, "unchanged")
    assert [one.path for one in world.plex.requests[before:]] == []

    assert world.result(world.operation(mode="remove_urls")["id"])["result"]["count"] == 0
