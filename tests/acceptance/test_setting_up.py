"""The first run: find Plex, give it a token, choose libraries, see where paths lead."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from typing import Any

import pytest

from tests.acceptance.pin_service import TOKEN, PinService
from tests.acceptance.world import World
from tests.waiting import wait_for
from worker.outside import FIND_AT, SIGN_IN_AT


@pytest.fixture
def fresh(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Nothing is configured yet, and Plex is where it usually is."""
    world.configure(plexUrl="", plexToken="", pathMappings="")
    monkeypatch.setenv(FIND_AT, f"http://127.0.0.1:1,{world.plex.url}")
    return world


@pytest.fixture
def pins(monkeypatch: pytest.MonkeyPatch) -> Iterator[PinService]:
    with PinService() as service:
        monkeypatch.setenv(SIGN_IN_AT, service.url)
        yield service


def ask(world: World, mode: str, **words: object) -> dict[str, Any]:
    result: dict[str, Any] = world.result(world.operation(mode=mode, **words)["id"])["result"]
    return result


def test_plex_is_found_where_it_usually_is(fresh: World) -> None:
    answer = ask(fresh, "find_plex")
    assert answer["asked"] == ["http://127.0.0.1:1", fresh.plex.url]
    [found] = answer["servers"]
    assert (found["url"], found["claimed"]) == (fresh.plex.url, True)
    assert found["machine"] == fresh.plex.store.machine_identifier
    assert found["version"] == fresh.plex.store.version
    assert {one.path for one in fresh.plex.requests} == {"/identity", "/"}


def test_a_connection_is_tested_with_and_without_a_token(fresh: World) -> None:
    before = ask(fresh, "test_plex", url=fresh.plex.url)
    assert (before["ok"], before["token"], before["error"]) == (True, "missing", "")

    fresh.operation(mode="set_token", token="wrong")
    wait_for(
        lambda: ask(fresh, "test_plex", url=fresh.plex.url)["token"] == "refused",
        what="the wrong token",
    )
    refused = ask(fresh, "test_plex", url=fresh.plex.url)
    assert "refuses the token" in refused["error"]
    assert refused["remedy"]

    fresh.operation(mode="set_token", token=fresh.plex.token)
    wait_for(
        lambda: ask(fresh, "test_plex", url=fresh.plex.url)["token"] == "good",
        what="the right token",
    )
    assert ask(fresh, "test_plex", url=fresh.plex.url)["name"] == fresh.plex.store.friendly_name


@pytest.mark.parametrize(("url", "said"), [("", "no address"), ("http://127.0.0.1:1", "answer")])
def test_an_address_that_leads_nowhere_is_told_with_a_remedy(
    fresh: World, url: str, said: str
) -> None:
    answer = ask(fresh, "test_plex", url=url)
    assert answer["ok"] is False
    assert said in answer["error"]
    assert answer["remedy"]


def test_a_token_from_the_page_serves_while_the_setting_is_empty(fresh: World) -> None:
    scene, key = fresh.add(title="t")
    fresh.configure(plexToken="")
    fresh.save(scene, title="first")
    assert "plexToken" in fresh.wait_for_pause("not_configured")
    assert fresh.operation(mode="set_token", token=fresh.plex.token) == {"kept": True}
    wait_for(lambda: fresh.shown(key, "title") == "first", what="the first scene")

    file = fresh.data / "token.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert fresh.operation(mode="settings")["token_is"] == "file"
    fresh.operation(mode="set_token", token="")
    assert not file.exists()
    fresh.save(scene, title="second")
    fresh.wait_for_pause("not_configured")


def test_the_setting_wins_over_the_page(fresh: World) -> None:
    scene, key = fresh.add(title="t")
    fresh.configure()
    fresh.operation(mode="set_token", token="wrong")
    fresh.save(scene, title="first")
    wait_for(lambda: fresh.shown(key, "title") == "first", what="the scene")
    assert fresh.operation(mode="settings")["token_is"] == "setting"


def test_a_token_that_is_none_is_refused_in_words(fresh: World) -> None:
    with pytest.raises(Exception, match="no token has"):
        fresh.operation(mode="set_token", token="two words")


def test_signing_in_shows_a_code_and_keeps_the_token(fresh: World, pins: PinService) -> None:
    assert pins.requests == []
    asked = fresh.operation(mode="sign_in")["id"]

    def told() -> dict[str, Any]:
        answer: dict[str, Any] = fresh.operation(mode="result", id=asked)
        return answer if answer["result"] else {}

    waiting = wait_for(told, what="the code")
    assert waiting["done"] is False
    assert waiting["result"] == {
        "code": "AB12",
        "link": "https://plex.tv/link",
        "state": "waiting",
    }
    scene, _ = fresh.add(title="t")
    fresh.operation(mode="sync", ids=[scene])  # nobody waits for the person
    wait_for(lambda: fresh.status()["queue"]["due"] == 1, what="the job")

    pins.is_typed = True
    answer = fresh.result(asked)
    assert answer["result"]["state"] == "good"
    assert fresh.operation(mode="settings")["token_is"] == "file"
    assert TOKEN in (fresh.data / "token.json").read_text()
    names = {headers["X-Plex-Client-Identifier"] for _, headers in pins.requests}
    assert len(names) == 1
    assert TOKEN not in str(answer)


def test_a_code_that_nobody_typed_in_expires(fresh: World, pins: PinService) -> None:
    asked = fresh.operation(mode="sign_in")["id"]
    wait_for(lambda: fresh.operation(mode="result", id=asked)["result"], what="the code")
    pins.has_expired = True
    assert fresh.result(asked)["result"]["state"] == "expired"
    assert fresh.operation(mode="settings")["token_is"] == "missing"


def test_a_sign_in_is_stopped(fresh: World, pins: PinService) -> None:
    asked = fresh.operation(mode="sign_in")["id"]
    wait_for(lambda: fresh.operation(mode="result", id=asked)["result"], what="the code")
    assert pins.requests
    fresh.operation(mode="stop", id=asked)
    answer = fresh.result(asked)
    assert answer["run"]["cancelled"]
    assert answer["result"]["state"] == "cancelled"


def test_a_sign_in_that_gets_no_code_says_what_to_do(fresh: World, pins: PinService) -> None:
    pins.code = ""
    answer = ask(fresh, "sign_in")
    assert "no code came" in answer["error"]
    assert "paste a token instead" in answer["error"]


def test_a_sign_in_that_cannot_reach_plex_says_what_to_do(
    fresh: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SIGN_IN_AT, "http://127.0.0.1:1/pins")
    assert "paste a token instead" in ask(fresh, "sign_in")["error"]


def test_libraries_are_listed_with_advice_on_those_that_do_not_fit(world: World) -> None:
    world.add()
    world.plex.store.add_section("Music", type="artist", locations=("/music",))
    world.plex.store.add_section("Series", type="show", locations=("/shows",))
    found = {one["title"]: one for one in ask(world, "libraries")["libraries"]}
    assert found["Videos"]["chosen"] is True
    assert found["Videos"]["items"] == 1
    assert found["Videos"]["locations"] == ["/media/plex"]
    assert "does not write" in found["Music"]["advice"]
    assert "named in the settings" in found["Series"]["advice"]
    assert not found["Series"]["chosen"]


def test_a_library_that_is_empty_or_looks_films_up_is_chosen_with_advice(world: World) -> None:
    store = world.plex.store
    store.add_section("Empty")
    store.add_section("Films", agent="tv.plex.agents.movie", locations=("/films",))
    found = {one["title"]: one for one in ask(world, "libraries")["libraries"]}
    assert found["Empty"]["advice"] == "it has no folder"
    assert "Other Videos is quieter" in found["Films"]["advice"]
    assert found["Videos"]["advice"] == ""
    assert all(one["chosen"] for one in found.values())


def test_libraries_are_listed_though_none_of_the_named_ones_exists(world: World) -> None:
    world.configure(plexLibraries="Vidoes")
    [found] = ask(world, "libraries")["libraries"]
    assert (found["title"], found["chosen"]) == ("Videos", False)


def test_libraries_without_a_token_say_what_is_missing(fresh: World) -> None:
    assert "set it first" in ask(fresh, "libraries")["error"]


def test_a_path_is_followed_to_its_item(world: World) -> None:
    _, key = world.add("a b.mp4")
    answer = ask(world, "test_path", path="/data/stash/a b.mp4")
    assert answer["mapped"] == "/media/plex/a b.mp4"
    assert [(one["rating_key"], one["library"]) for one in answer["found"]] == [(key, "Videos")]
    assert str(key) in answer["sentence"]


@pytest.mark.parametrize(
    ("mapping", "mapped", "said"),
    [
        ("/data/stash => /nowhere", "/nowhere/a.mp4", "no chosen library"),
        ("/data/stash => /media/plex/new", "/media/plex/new/a.mp4", "not scanned"),
        ("no arrow", "", "a pair has one =>"),
    ],
)
def test_a_path_is_tried_with_another_mapping_before_it_is_stored(
    world: World, mapping: str, mapped: str, said: str
) -> None:
    world.add("a.mp4")
    answer = ask(world, "test_path", path="/data/stash/a.mp4", mapping=mapping)
    assert (answer["mapped"], answer["found"]) == (mapped, [])
    assert said in answer["sentence"]


def test_a_file_that_two_items_hold_is_said_to_need_a_choice(world: World) -> None:
    _, key = world.add("a.mp4")
    other = world.plex.store.add_item(world.movies, ["/media/plex/a.mp4"])
    answer = ask(world, "test_path", path="/data/stash/a.mp4")
    assert {one["rating_key"] for one in answer["found"]} == {key, other}
    assert "2 items in Plex hold this file; choose one at its scene" in answer["sentence"]


def test_a_path_that_plex_stumbles_over_is_answered_with_what_plex_said(world: World) -> None:
    world.add("a.mp4")
    world.plex.faults.set("status:400", paths="/library/sections/[0-9]+/all")
    answer = ask(world, "test_path", path="/data/stash/a.mp4")
    assert "400" in answer["error"]


def test_the_settings_show_a_detected_mapping_that_is_in_use(fresh: World) -> None:
    fresh.configure(plexUrl=fresh.plex.url, plexToken=fresh.plex.token, pathMappings="")
    for n in range(30):
        fresh.add(f"film {n}.mp4", title="t")
    fresh.task("Sync all scenes")
    shown = {one["key"]: one for one in fresh.operation(mode="settings")["settings"]}
    assert shown["pathMappings"]["effective"] == "/data/stash => /media/plex (detected)"


def test_mappings_are_detected_for_the_set_up(fresh: World) -> None:
    fresh.configure(pathMappings="")
    for n in range(30):
        fresh.add(f"film {n}.mp4")
    answer = ask(fresh, "detect_paths")
    assert answer["pairs"] == [["/data/stash", "/media/plex"]]
    assert answer["is_sure"] is True


def test_questions_are_answered_while_plex_is_away_and_a_save_waits_for_none(
    world: World,
) -> None:
    scene, _ = world.add(title="t")
    world.save(scene, title="one")
    world.settle()
    world.plex.stop()
    world.save(scene, title="two")
    world.wait_for_pause("plex_away")
    assert "does not answer" in ask(world, "test_plex")["error"]
    assert "error" in ask(world, "libraries")
    world.plex.start()
