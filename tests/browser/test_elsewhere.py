"""Coming from another plugin: what it left is shown, and taken only if wanted."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from demo.stash.server import StashServer
from tests.browser.answers import status
from tests.browser.stage import Stage
from tests.browser.test_for_everyone import accessibility_problems
from tests.browser.test_setup import RESULTS, ROOM, answered, is_open

OFFERS = [
    {
        "plugin": "Stash2Plex",
        "old": "plex_url",
        "was": "http://nas:32400",
        "setting": "plexUrl",
        "name": "Plex address",
        "description": "Such as http://192.168.1.5:32400",
        "value": "http://nas:32400",
    },
    {
        "plugin": "Stash2Plex",
        "old": "plex_token",
        "was": "",
        "setting": "plexToken",
        "name": "Plex token",
        "description": "The X-Plex-Token of the server's owner.",
        "value": None,
    },
    {
        "plugin": "Stash2Plex",
        "old": "preserve_plex_edits",
        "was": "on",
        "setting": "keepPlexEdits",
        "name": "Keep edits made in Plex",
        "description": "What a person changed in Plex wins. Off: Stash wins.",
        "value": True,
    },
]
LEFT = {
    "offers": OFFERS,
    "unlike": [{"plugin": "Stash2Plex", "old": "max_tags"}],
    "urls": {
        "count": 12,
        "scenes": [{"scene_id": 2, "title": "Scene no. 2", "urls": ["plex/library/metadata/7"]}],
    },
}
STORED = {"plex_url": "http://nas:32400/", "plex_token": " a-token ", "preserve_plex_edits": True}


@pytest.fixture
def setup(stage: Stage, stash: StashServer) -> Stage:
    """An open set-up of somebody who used Stash2Plex before."""
    stash.store.plugin_settings["Stash2Plex"] = dict(STORED)
    stash.store.plugin_settings["PlexSync"] = {"tagsAs": "labels"}
    results = {**RESULTS, "elsewhere": LEFT, "remove_urls": {"count": 12, "removed": 12}}
    stage.answer("status", is_open("plex"))
    stage.answer("settings", {"settings": [], "token_is": "missing", "plex_url": ""})
    stage.answer("setup", lambda args: {"is_open": True, "step": args["step"]})
    stage.answer("set_token", {"kept": True})
    for mode in results:
        stage.answer(mode, {"id": mode})
    stage.answer(
        "elsewhere", lambda args: {"dismissed": True} if args.get("do") else {"id": "elsewhere"}
    )
    stage.answer("result", lambda args: answered(results[args["id"]]))
    return stage


def width_of(part: Locator) -> float:
    """How wide a part of the page is, in pixels."""
    box = part.bounding_box()
    assert box
    return box["width"]


def dismissed(setup: Stage) -> list[str]:
    """What a person answered for."""
    return [one["what"] for one in setup.calls("elsewhere") if one.get("do") == "dismiss"]


def test_old_settings_are_shown_before_they_are_taken(setup: Stage, stash: StashServer) -> None:
    setup.open(ROOM)
    table = setup.page.get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(
        ["Old setting", "Setting here", "Will be"]
    )
    expect(table.get_by_role("row")).to_have_count(1 + len(OFFERS))
    setup.see("Without a counterpart here: max_tags.")
    assert "a-token" not in setup.page.content()
    assert stash.store.plugin_settings["PlexSync"] == {"tagsAs": "labels"}
    setup.picture("setup-0-elsewhere")
    offered = setup.page.get_by_role("region", name="From another plugin")
    assert width_of(offered) == width_of(setup.page.locator(".plexsync-step"))
    assert "\n".join(accessibility_problems(setup)) == ""

    setup.button("Take these").click()
    setup.see("The settings are taken.")
    assert setup.calls("set_token") == [{"mode": "set_token", "token": "a-token"}]
    assert stash.store.plugin_settings["PlexSync"] == {
        "tagsAs": "labels",
        "plexUrl": "http://nas:32400",
        "keepPlexEdits": True,
    }
    assert stash.store.plugin_settings["Stash2Plex"] == STORED
    assert dismissed(setup) == ["settings"]
    expect(setup.page.get_by_label("Address", exact=True)).to_have_value("http://nas:32400")


def test_old_settings_that_are_left_change_nothing(setup: Stage, stash: StashServer) -> None:
    setup.open(ROOM)
    setup.button("Leave them").click()
    expect(setup.button("Take these")).to_have_count(0)
    assert dismissed(setup) == ["settings"]
    assert stash.store.plugin_settings["PlexSync"] == {"tagsAs": "labels"}
    assert not setup.calls("set_token")


def test_stale_addresses_are_removed_after_two_presses(setup: Stage) -> None:
    setup.open(ROOM)
    setup.see("12 scenes hold an address")
    setup.see("plex/library/metadata/7")
    setup.see("and 11 more scenes")
    setup.button("Remove these addresses …").click()
    assert not setup.calls("remove_urls")
    setup.button("Remove").click()
    setup.see("The addresses are removed from 12 scenes.")
    assert len(setup.calls("remove_urls")) == 1


def test_stale_addresses_may_stay(setup: Stage) -> None:
    setup.open(ROOM)
    setup.button("Leave the addresses").click()
    expect(setup.page.get_by_text("12 scenes hold an address")).to_have_count(0)
    assert dismissed(setup) == ["urls"]
    assert not setup.calls("remove_urls")


def test_other_steps_are_not_disturbed_by_what_was_left(setup: Stage) -> None:
    setup.open(ROOM)
    setup.button("Take these").wait_for()
    setup.button("Skip this step").click()
    expect(setup.page.get_by_role("heading", name="Token", exact=True)).to_be_focused()
    expect(setup.page.get_by_text("12 scenes hold an address")).to_be_hidden()
    assert len(setup.calls("elsewhere")) == 1


def test_who_comes_from_the_older_plugin_gets_the_set_up(setup: Stage, stash: StashServer) -> None:
    """Its address would be in force without anybody having seen it here."""
    stash.store.plugin_settings["PlexSync"] = {"plexHost": "nas", "plexToken": "t"}
    setup.answer("status", status(setup={"is_open": False, "is_done": False, "step": ""}))
    setup.answer("settings", {"settings": [], "token_is": "setting", "plex_url": "http://nas:1"})
    setup.open("/plugins/plexsync")
    setup.button("Take these").wait_for()
    assert {one["do"] for one in setup.calls("setup")} == {"open"}
