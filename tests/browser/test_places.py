"""The places in Stash where PlexSync stands, beside another plugin that patches the same ones."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from demo.stash.server import StashServer
from tests.browser.answers import status
from tests.browser.stage import Stage
from tests.fixtures_folder import shared_fixtures

PAGE = "/plugins/plexsync"
BUTTON = "PlexSync: what Plex shows of Stash"


def test_the_host_gives_plugins_what_stash_gives_them(stage: Stage) -> None:
    """Else the other tests would say little about Stash."""
    recorded = json.loads((shared_fixtures() / "stash" / "ui" / "pluginapi.json").read_text())
    stage.open("/")
    stage.button(BUTTON).wait_for()

    given = stage.page.evaluate(
        "({React: PluginApi.React.version, top: Object.keys(PluginApi), libraries:"
        " Object.fromEntries(Object.entries(PluginApi.libraries)"
        ".map(([name, one]) => [name, Object.keys(one)]))})"
    )
    assert given["React"] == recorded["React"]
    assert set(given["top"]) == set(recorded["top"])
    for name, members in recorded["libraries"].items():
        if isinstance(members, list):
            missing = set(members) - set(given["libraries"][name])
            assert not missing, f"{name} lacks {missing}"


def test_the_button_in_the_bar_opens_the_page_and_a_reload_keeps_it(stage: Stage) -> None:
    stage.answer("status", status())
    stage.open("/")
    stage.button(BUTTON).click()
    stage.see("Plex shows all 1,204 scenes as Stash does.")

    stage.page.get_by_role("tab", name="Settings").click()
    stage.answer("settings", {"settings": [], "token_is": "missing", "plex_url": ""})
    expect(stage.page).to_have_url(f"{stage.address}{PAGE}?tab=settings")
    stage.page.reload()

    expect(stage.page.get_by_role("heading", name="Where Plex is")).to_be_visible()
    stage.page.go_back()
    stage.see("Plex shows all 1,204 scenes as Stash does.")


def test_the_tools_of_stash_hold_one_link(stage: Stage) -> None:
    """Stash shows the section that plugins add to twice."""
    stage.answer("status", status())
    stage.open("/settings?tab=tools")
    expect(stage.page.get_by_text("Other tool")).to_have_count(2)
    expect(stage.page.get_by_role("link", name="Open PlexSync")).to_have_count(1)
    stage.picture("stash-tools")

    stage.page.get_by_role("link", name="Open PlexSync").click()

    stage.see("Plex shows all 1,204 scenes as Stash does.")


def test_the_settings_page_of_stash_leads_to_ours_and_keeps_its_rows(stage: Stage) -> None:
    stage.open("/settings?tab=plugins")

    mine = stage.page.locator("[data-plugin=PlexSync]")
    expect(mine.get_by_role("link", name="Open PlexSync")).to_have_count(1)
    expect(mine.get_by_text("Title template", exact=True)).to_be_visible()
    other = stage.page.locator("[data-plugin=OtherPlugin]")
    expect(other.get_by_role("link")).to_have_count(0)


def test_both_plugins_are_there_wherever_they_meet(stage: Stage) -> None:
    stage.open("/scenes/1")

    expect(stage.page.locator(".other-plugin")).to_have_count(1)
    expect(stage.button(BUTTON)).to_have_count(1)
    tabs = stage.page.get_by_role("tab")
    expect(tabs).to_have_text(["Details", "File Info", "Other", "Plex"])


def test_cards_bear_a_mark_only_where_the_setting_asks_for_it(
    stage: Stage, stash: StashServer
) -> None:
    stage.answer("marks", {"marks": {"1": "in_step", "2": "needs_you"}})
    stage.open("/scenes")
    stage.see("Scene no. 3")
    stage.button(BUTTON).wait_for()
    expect(stage.page.locator(".plexsync-mark")).to_have_count(0)
    stage.page.wait_for_load_state("networkidle")
    assert not stage.calls("marks")

    stash.store.plugin_settings["PlexSync"] = {"markCards": True}
    stage.page.reload()
    marks = stage.page.locator(".scene-card .plexsync-mark")
    expect(marks).to_have_text(
        ["Plex shows this scene as Stash does", "Not shown in Plex: see the scene's tab"]
    )
    stage.picture("cards")
    [asked] = stage.calls("marks")  # all cards together
    assert sorted(asked["ids"]) == [1, 2, 3]


def test_a_stash_without_some_of_the_places_still_has_the_page(stage: Stage) -> None:
    """Another version may lack one: what is left works."""
    stage.page.add_init_script(
        "let api; Object.defineProperty(window, 'PluginApi', {get: () => api, set: (given) => {"
        "api = {...given, patch: {...given.patch, instead: undefined}}}})"
    )
    stage.answer("status", status())
    stage.open(PAGE)

    stage.see("Plex shows all 1,204 scenes as Stash does.")
    expect(stage.button(BUTTON)).to_have_count(1)
    assert all("/OtherPlugin/" in one or "instead" in one for one in stage.problems)
    stage.problems.clear()  # the other plugin is less careful


def test_a_part_that_throws_leaves_the_bar_and_the_scene_of_stash(stage: Stage) -> None:
    """Such as by an answer that nobody foresaw."""
    stage.answer("scene", {"items": "none"})
    stage.open("/scenes/1")
    stage.page.get_by_role("tab", name="Plex").click()

    stage.see("This part of the page could not be shown")
    stage.page.get_by_role("tab", name="File Info").click()
    stage.see("/data/stash/scene 1.mp4")
    expect(stage.button("Settings")).to_be_visible()
    stage.problems.clear()  # React itself reports what the tab caught


def test_a_disabled_plugin_is_not_loaded(stage: Stage, stash: StashServer) -> None:
    stash.store.disabled_plugins.add("PlexSync")
    try:
        stage.open("/")
        stage.page.locator(".other-plugin").wait_for()
        expect(stage.button(BUTTON)).to_have_count(0)
    finally:
        stash.store.disabled_plugins.discard("PlexSync")
