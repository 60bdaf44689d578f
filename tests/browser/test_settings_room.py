"""The settings: what is in force, also where nothing is stored, and what is stored in Stash."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from demo.stash.server import StashServer
from tests.browser.answers import status
from tests.browser.stage import Stage
from worker.settings_table import GROUPS

ROOM = "/plugins/plexsync?tab=settings"
SETTINGS = [
    {
        "key": one.key,
        "group": group,
        "type": one.type,
        "name": one.name,
        "description": one.description,
        "default": one.default,
        "effective": one.default,
        "complaint": "",
    }
    for group, table in GROUPS.items()
    for one in table
]


@pytest.fixture
def room(stage: Stage, stash: StashServer) -> Stage:
    """The settings of an installation that has an address and a title template."""
    stash.store.plugin_settings["PlexSync"] = {"plexUrl": "http://plex:32400", "padCovers": True}
    stage.answer("status", status())
    told = {"settings": SETTINGS, "token_is": "file", "plex_url": "http://plex:32400"}
    stage.answer("settings", told)
    stage.open(ROOM)
    stage.page.get_by_role("heading", name="Which scenes").wait_for()
    return stage


def test_every_setting_is_shown_with_what_is_in_force(room: Stage) -> None:
    expect(room.page.locator("[data-setting]")).to_have_count(len(SETTINGS) - 1)
    expect(room.page.get_by_label("Plex address")).to_have_value("http://plex:32400")
    expect(room.page.get_by_label("Tags become")).to_have_value("")
    expect(room.page.locator("[data-setting=tagsAs]")).to_contain_text("In use: genres")
    expect(room.page.get_by_role("checkbox", name="Pad covers")).to_be_checked()
    room.see("A token is kept in a file that only Stash's own user can read.")
    room.picture("settings")


def test_what_is_saved_leaves_the_rest_as_it_is_and_shows_on_stashs_own_page(
    room: Stage, stash: StashServer
) -> None:
    room.page.get_by_label("Title template").fill("{title} ({year})")
    room.page.get_by_label("Title template").press("Enter")
    room.see("“Title template” is saved.")
    room.page.get_by_text("Sync ratings", exact=True).wait_for()
    room.page.locator("[data-setting=syncRatings] label").click()
    room.see("“Sync ratings” is saved.")

    assert stash.store.plugin_settings["PlexSync"] == {
        "plexUrl": "http://plex:32400",
        "padCovers": True,
        "titleTemplate": "{title} ({year})",
        "syncRatings": True,
    }
    assert len(room.calls("wake")) == 3  # for the page, and for each setting
    room.page.get_by_role("link", name="").first.wait_for()
    room.page.evaluate("history.pushState({}, '', '/settings?tab=plugins')")
    room.page.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
    stored = room.page.locator("[data-plugin=PlexSync] [data-setting=titleTemplate]")
    expect(stored).to_have_text("{title} ({year})")


def test_what_was_saved_on_stashs_own_page_is_not_overwritten(
    room: Stage, stash: StashServer
) -> None:
    """Stash stores the whole map at once: what this page read a while ago may be old."""
    stash.store.plugin_settings["PlexSync"] = {"plexUrl": "http://other:32400"}
    room.page.locator("[data-setting=syncRatings] label").click()
    room.see("“Sync ratings” is saved.")

    assert stash.store.plugin_settings["PlexSync"] == {
        "plexUrl": "http://other:32400",
        "syncRatings": True,
    }


def test_a_number_is_stored_as_a_number(room: Stage, stash: StashServer) -> None:
    room.page.get_by_label("Minutes between looks").fill("30")
    room.page.locator("[data-setting=catchUpMinutes]").get_by_role("button", name="Save").click()
    room.see("“Minutes between looks” is saved.")

    assert stash.store.plugin_settings["PlexSync"]["catchUpMinutes"] == 30


def test_a_setting_that_cannot_be_used_says_so_and_gets_the_focus(stage: Stage) -> None:
    wrong = [
        {**one, "complaint": "“both of them” is not known"} if one["key"] == "tagsAs" else one
        for one in SETTINGS
    ]
    stage.answer("status", status())
    stage.answer("settings", {"settings": wrong, "token_is": "setting", "plex_url": ""})
    stage.open(f"{ROOM}&about=tagsAs")

    stage.see("“both of them” is not known")
    expect(stage.page.get_by_label("Tags become")).to_be_focused()
