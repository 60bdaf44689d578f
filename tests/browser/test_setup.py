"""The set-up, step by step: each saved by itself, each can be skipped."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from demo.stash.server import StashServer
from tests.browser.answers import light, status
from tests.browser.stage import Stage

ROOM = "/plugins/plexsync?tab=setup"
SERVER = {"url": "http://192.168.1.5:32400", "name": "Attic", "version": "1.41.0", "machine": "m"}
LIBRARIES = [
    {
        "key": "1",
        "title": "Videos",
        "type": "movie",
        "agent": "Plex Movie",
        "items": 1204,
        "locations": ["/media/plex"],
        "chosen": True,
        "advice": "",
    },
    {
        "key": "2",
        "title": "Series; old",
        "type": "show",
        "agent": "Plex Series",
        "items": 9,
        "locations": ["/media/tv"],
        "chosen": False,
        "advice": "Scenes are seldom episodes.",
    },
]
DETECTED = {
    "pairs": [["/data/stash", "/media/plex"]],
    "coverage": 0.98,
    "sampled": 200,
    "is_sure": True,
    "sentences": [],
    "matched_examples": ["/data/stash/a.mp4"],
    "unmatched_examples": ["/data/stash/b.mp4"],
}
PREVIEW = {
    "scenes": [
        {
            "scene_id": 2,
            "title": "Scene no. 2",
            "kind": "changed",
            "text": "",
            "items": [
                {
                    "rating_key": 5,
                    "title": "scene 2",
                    "kept": [],
                    "pictures": [],
                    "fields": {},
                    "rows": [
                        {
                            "field": "title",
                            "stash": "Scene no. 2",
                            "plex": "scene 2",
                            "will_be": "Scene no. 2",
                            "locked": False,
                            "whose": "agent",
                        }
                    ],
                }
            ],
        },
        {
            "scene_id": 3,
            "title": "Scene no. 3",
            "kind": "resting",
            "items": [],
            "text": "Plex has not scanned its file yet.",
        },
    ]
}
RESULTS: dict[str, object] = {
    "find_plex": {"servers": [SERVER], "asked": [SERVER["url"]]},
    "test_plex": {"ok": True, **SERVER, "token": "good", "error": "", "remedy": ""},
    "libraries": {"libraries": LIBRARIES},
    "detect_paths": DETECTED,
    "test_path": {"mapped": "/media/plex/a.mp4", "found": [], "sentence": "One item has it:"},
    "preview": PREVIEW,
}


def is_open(step: str) -> dict[str, Any]:
    """The state while the set-up stands at a step."""
    return status(
        light=light("setup", "The set-up is open."),
        held="setup",
        setup={"is_open": True, "is_done": False, "step": step},
    )


@pytest.fixture
def setup(stage: Stage) -> Stage:
    """An open set-up; each question of it is answered at once."""
    stage.answer("status", is_open("plex"))
    stage.answer("settings", {"settings": [], "token_is": "missing", "plex_url": ""})
    stage.answer("setup", lambda args: {"is_open": True, "step": args["step"]})
    for mode in RESULTS:
        stage.answer(mode, {"id": mode})
    stage.answer("result", lambda args: answered(RESULTS[args["id"]]))
    return stage


def answered(result: object, *, done: bool = True) -> dict[str, object]:
    """What a question came to."""
    return {"done": done, "run": None, "pause": None, "result": result}


def at(setup: Stage, step: str) -> None:
    """Open one step."""
    setup.open(f"{ROOM}&step={step}")


def test_who_has_neither_address_nor_token_gets_the_set_up(setup: Stage) -> None:
    setup.answer("status", status(setup={"is_open": False, "is_done": False, "step": ""}))
    setup.open("/plugins/plexsync")

    expect(setup.page.get_by_role("heading", name="Find Plex")).to_be_focused()
    assert {one["do"] for one in setup.calls("setup")} == {"open"}


def test_who_has_an_address_is_left_in_peace(setup: Stage, stash: StashServer) -> None:
    stash.store.plugin_settings["PlexSync"] = {"plexUrl": "http://plex:32400"}
    setup.answer("status", status(setup={"is_open": False, "is_done": False, "step": ""}))
    setup.open("/plugins/plexsync")

    setup.see("Plex shows all 1,204 scenes as Stash does.")
    setup.page.get_by_role("tab", name="Set-up").click()
    setup.button("Start the set-up").wait_for()
    assert not setup.calls("setup")
    setup.picture("setup-closed")


def test_plex_is_found_and_its_address_kept(setup: Stage, stash: StashServer) -> None:
    at(setup, "plex")
    setup.see("Attic")
    setup.see("http://192.168.1.5:32400 · Plex 1.41.0")
    setup.picture("setup-1-plex")
    setup.page.get_by_label("Address").fill("http://10.0.0.1:32400")
    setup.button("Test").click()
    setup.see("Attic answers, Plex 1.41.0.")
    setup.button("Use this one").click()

    expect(setup.page.get_by_role("heading", name="Token", exact=True)).to_be_focused()
    assert setup.calls("test_plex")[0]["url"] == "http://10.0.0.1:32400"
    assert stash.store.plugin_settings["PlexSync"]["plexUrl"] == "http://192.168.1.5:32400"


def test_a_pasted_token_is_kept_by_the_plugin_and_not_in_stash(
    setup: Stage, stash: StashServer
) -> None:
    setup.answer("set_token", {"kept": True})
    at(setup, "token")
    field = setup.page.get_by_label("Or paste a token")
    expect(field).to_have_attribute("type", "password")
    field.fill(" a-token ")
    setup.picture("setup-2-token")
    setup.button("Save").click()

    expect(setup.page.get_by_role("heading", name="Libraries")).to_be_visible()
    assert setup.calls("set_token") == [{"mode": "set_token", "token": "a-token"}]
    assert "PlexSync" not in stash.store.plugin_settings


def test_signing_in_shows_a_code_and_where_to_enter_it(setup: Stage) -> None:
    told = {"code": "AB12", "link": "https://plex.tv/link", "state": "waiting"}
    setup.answer("sign_in", {"id": "sign_in"})
    setup.answer(
        "result",
        lambda args: (
            answered(told, done=told["state"] == "good")
            if args["id"] == "sign_in"
            else answered(RESULTS[args["id"]])
        ),
    )
    at(setup, "token")
    assert not setup.calls("sign_in")  # on request only
    setup.button("Sign in").click()
    setup.see("AB12")
    link = setup.page.get_by_role("link", name="https://plex.tv/link")
    expect(link).to_have_attribute("href", "https://plex.tv/link")
    setup.picture("setup-2-sign-in")

    told["state"] = "good"
    setup.see("Signed in.")


def test_a_token_that_is_refused_is_not_passed_over(setup: Stage) -> None:
    refused = {"ok": True, **SERVER, "token": "refused", "error": "", "remedy": ""}
    setup.answer("set_token", {"kept": True})
    setup.answer("result", lambda _args: answered(refused))
    at(setup, "token")
    setup.page.get_by_label("Or paste a token").fill("wrong")
    setup.button("Save").click()

    setup.see("Plex refuses the token.")
    expect(setup.page.get_by_role("heading", name="Token", exact=True)).to_be_visible()


def test_libraries_are_chosen_by_name_or_key(setup: Stage, stash: StashServer) -> None:
    at(setup, "libraries")
    setup.see("Scenes are seldom episodes.")
    setup.picture("setup-3-libraries")
    setup.page.get_by_label("Series; old").check()
    setup.button("Next").click()

    expect(setup.page.get_by_role("heading", name="Paths")).to_be_visible()
    assert stash.store.plugin_settings["PlexSync"] == {"plexLibraries": "Videos; 2"}


def test_libraries_that_nobody_touched_are_not_stored(setup: Stage, stash: StashServer) -> None:
    """So that a library that comes later is read as well."""
    at(setup, "libraries")
    setup.button("Next").click()

    expect(setup.page.get_by_role("heading", name="Paths")).to_be_visible()
    assert "PlexSync" not in stash.store.plugin_settings


def test_a_detected_mapping_is_shown_tested_and_kept(setup: Stage, stash: StashServer) -> None:
    at(setup, "paths")
    mapping = setup.page.get_by_label("Mapping", exact=True)
    expect(mapping).to_have_value("/data/stash => /media/plex")
    setup.see("This mapping fits 98 % of 200 files looked at.")
    mapping.fill("/data/stash => /media/plex\n/data/new => /media/new\n")
    setup.page.get_by_label("Test a path of Stash").fill("/data/stash/a.mp4")
    setup.button("Test").click()
    setup.see("One item has it:")
    setup.picture("setup-4-paths")
    setup.button("Save and go on").click()

    expect(setup.page.get_by_role("heading", name="Preview", exact=True)).to_be_visible()
    both = "/data/stash => /media/plex; /data/new => /media/new"
    assert setup.calls("test_path")[0]["mapping"] == both
    assert stash.store.plugin_settings["PlexSync"] == {"pathMappings": both}


def test_the_latest_scenes_are_previewed_field_by_field(setup: Stage) -> None:
    at(setup, "preview")
    setup.see("Scene no. 2")
    expect(setup.page.get_by_role("columnheader")).to_have_text(
        ["Field", "Stash", "Plex", "Will be"]
    )
    setup.page.get_by_text("Scene no. 3").click()
    setup.see("Plex has not scanned its file yet.")
    setup.picture("setup-5-preview")

    assert sorted(setup.calls("preview")[0]["ids"]) == [1, 2, 3]


def test_one_scene_is_synced_before_all_of_them(setup: Stage) -> None:
    setup.answer("sync", {"accepted": 1})
    setup.answer("start", {"id": "sync_all-1"})
    at(setup, "first")
    setup.see("Writes scene 2 alone.")  # the first that would be changed
    setup.see("3 scenes, about 1 second.")
    setup.see("All goes on in the background.")
    setup.button("Sync one scene").click()
    setup.see("On its way to Plex:")
    setup.picture("setup-6-first")
    setup.button("Sync all").click()

    expect(setup.page.get_by_role("tab", name="State")).to_have_attribute("aria-selected", "true")
    what = [(one["mode"], one.get("do", "")) for one in setup.asked]
    said = [one for one in what if one[0] in {"sync", "start"} or one[1] == "finish"]
    assert said == [("sync", ""), ("setup", "finish"), ("start", "")]


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (None, "9,000 scenes, between 30 seconds and 10 minutes, as fast as your Plex is."),
        (200.0, "9,000 scenes, about 45 seconds, as fast as the last run was."),
    ],
)
def test_how_long_all_scenes_take_is_measured_once_it_was(
    setup: Stage, stash: StashServer, rate: float | None, said: str
) -> None:
    for number in range(9000 - len(stash.store.scenes)):
        stash.store.add_scene(f"/data/stash/more {number}.mp4")
    setup.answer("status", {**is_open("first"), "rate": rate})
    at(setup, "first")
    setup.see(said)


def test_every_step_can_be_skipped_and_the_set_up_left(setup: Stage, stash: StashServer) -> None:
    at(setup, "plex")
    for heading in ("Token", "Libraries", "Paths", "Preview", "First sync"):
        setup.button("Skip this step").click()
        expect(setup.page.get_by_role("heading", name=heading, exact=True)).to_be_focused()
    setup.button("Leave the set-up").click()

    expect(setup.page.get_by_role("tab", name="State")).to_have_attribute("aria-selected", "true")
    assert setup.calls("setup")[-1]["do"] == "skip"
    assert "PlexSync" not in stash.store.plugin_settings


def test_a_set_up_that_was_left_alone_says_that_it_ended(setup: Stage) -> None:
    setup.answer("status", status(setup={"is_open": False, "is_done": False, "step": ""}))
    at(setup, "paths")

    setup.see("nobody touched it for ten minutes")
    setup.button("Start the set-up").click()
    expect(setup.page.get_by_role("heading", name="Paths")).to_be_visible()


def test_a_question_that_fails_says_why_and_the_step_goes_on(setup: Stage) -> None:
    setup.answer("result", lambda _args: answered({"error": "Plex does not answer"}))
    at(setup, "libraries")

    setup.see("Plex does not answer")
    setup.button("Skip this step").click()
    expect(setup.page.get_by_role("heading", name="Paths")).to_be_visible()
