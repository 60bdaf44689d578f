"""The page before the real plugin, between the stand-ins of Stash and Plex."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bench.operations import make_world
from mirror.ledger import Ledger
from tests.acceptance.world import World
from tests.browser.chromium import HOST
from tests.browser.stage import DEADLINE_MS, Stage
from tests.waiting import wait_for
from worker.gate import Gate
from worker.outside import FIND_AT

PAGE = "/plugins/plexsync"
FILES = 30


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Both servers with the plugin in between, and the page for a browser."""
    with World(tmp_path) as made:
        made.stash.core.page_folder = HOST
        monkeypatch.setenv(FIND_AT, f"http://127.0.0.1:1,{made.plex.url}")
        yield made


@pytest.fixture
def tab(browser: Browser, world: World) -> Iterator[Stage]:
    """A browser's tab before them."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(DEADLINE_MS)
    made = Stage(context.new_page(), world.stash.url)
    yield made
    context.close()
    assert made.problems == [], "\n".join(made.problems)


def writes(world: World) -> list[str]:
    """What was written to Plex."""
    return [one.path for one in world.plex.requests if one.method == "PUT"]


def test_from_nothing_to_all_scenes_in_plex_without_a_manual(world: World, tab: Stage) -> None:
    world.configure(plexUrl="", plexToken="", pathMappings="")
    pairs = [world.add(f"film {n}.mp4", title=f"Film no. {n}") for n in range(FILES)]
    tab.open("/")
    tab.button("PlexSync: what Plex shows of Stash").click()

    expect(tab.page.get_by_role("heading", name="Find Plex")).to_be_visible()
    tab.button("Use this one").click()
    tab.page.get_by_label("Or paste a token").fill(world.plex.token)
    tab.button("Save").click()
    expect(tab.page.get_by_role("heading", name="Libraries")).to_be_visible()
    tab.see(f"{FILES}")
    tab.button("Next").click()
    mapping = tab.page.get_by_label("Mapping", exact=True)
    expect(mapping).to_have_value("/data/stash => /media/plex")
    tab.button("Save and go on").click()
    expect(tab.page.get_by_role("columnheader", name="Will be").first).to_be_visible()
    tab.see("would be changed")
    assert writes(world) == []

    tab.button("Next").click()
    tab.button("Sync one scene").click()
    wait_for(
        lambda: sum(world.shown(key, "title").startswith("Film no.") for _, key in pairs),
        what="the first scene",
    )
    tab.see("On its way to Plex:")
    tab.button("Sync all").click()

    tab.see(f"{FILES} scenes are in step with Plex")
    assert all(world.shown(key, "title") == f"Film no. {n}" for n, (_, key) in enumerate(pairs))
    assert (world.data / "token.json").exists()
    assert "plexToken" not in str(world.stash.store.plugin_settings["PlexSync"].get("plexToken"))
    tab.picture("first-run-done")


def test_the_light_follows_plex(world: World, tab: Stage) -> None:
    scene, key = world.add(title="before")
    world.save(scene, title="one")
    world.settle()
    tab.open(PAGE)
    tab.see("1 scene is in step with Plex")
    world.plex.stop()
    world.save(scene, title="two")

    tab.page.reload()
    tab.see("Waiting for Plex")
    expect(tab.page.locator("[data-count=waiting]")).to_have_text("1")
    tab.picture("real-plex-away")

    world.plex.start()
    tab.page.reload()  # who looks at the page makes the worker look at Plex
    wait_for(lambda: world.shown(key, "title") == "two", what="the second title", seconds=10)
    tab.see("1 scene is in step with Plex")


def test_a_refused_token_leads_to_signing_in(world: World, tab: Stage) -> None:
    scene, _ = world.add(title="t")
    world.configure(plexToken="wrong")
    world.save(scene, title="one")
    world.wait_for_pause("token_refused")
    tab.open(PAGE)

    expect(tab.page.locator(".plexsync-needs_you")).to_be_visible()
    tab.button("Sign in again").click()
    expect(tab.page.get_by_role("heading", name="Token", exact=True)).to_be_visible()
    tab.see("Plex refuses the token.")


def test_pausing_holds_a_save_until_somebody_goes_on(world: World, tab: Stage) -> None:
    scene, key = world.add(title="t")
    world.save(scene, title="one")
    world.settle()
    tab.open(PAGE)
    tab.button("Pause").click()
    wait_for(lambda: world.status()["held"] == "person", what="the pause")
    world.save(scene, title="two")

    tab.page.reload()
    tab.see("Paused: nothing is written to Plex until you go on")
    assert world.shown(key, "title") == "one"
    tab.button("Go on").click()
    wait_for(lambda: world.shown(key, "title") == "two", what="the second title")


def test_a_scene_is_compared_synced_and_undone(world: World, tab: Stage) -> None:
    scene, key = world.add(title="t")
    before = world.shown(key, "title")
    world.save(scene, title="From Stash", details="Line one.")
    world.settle()
    tab.open(f"/scenes/{scene}")
    tab.page.get_by_role("tab", name="Plex").wait_for()
    asked = len(world.plex.requests)
    tab.page.get_by_role("tab", name="Plex").click()
    tab.see("Plex shows this scene as Stash does.")
    title = tab.page.locator("tbody tr", has_text="Title").first
    expect(title).to_contain_text("by PlexSync")
    assert len(world.plex.requests) - asked <= 1
    tab.picture("real-scene-in-step")

    world.plex.store.person_edits(key, "title", "From a person")
    tab.button("Preview").click()
    expect(title.locator("td")).to_have_text(["From Stash", "From a person", "From Stash"])
    tab.button("Sync now").click()
    wait_for(lambda: world.shown(key, "title") == "From Stash", what="Stash's title")
    tab.button("Undo").click()
    tab.page.get_by_role("alertdialog").get_by_role("button", name="Undo").click()
    wait_for(lambda: world.shown(key, "title") == before, what="the title of before")


def test_a_scene_of_two_items_is_written_where_a_person_says(world: World, tab: Stage) -> None:
    scene, first = world.add("a.mp4", title="t")
    second = world.plex.store.add_item(world.movies, ["/media/plex/a.mp4"])
    world.save(scene, title="Chosen")
    world.wait_for_outcome(scene, "ambiguous")
    tab.open(PAGE)
    expect(tab.page.locator("[data-count=ambiguous]")).to_have_text("1")
    tab.open(f"/scenes/{scene}")
    tab.page.get_by_role("tab", name="Plex").click()
    tab.see("Items that could be it")
    tab.picture("real-candidates")
    tab.page.locator(".plexsync-candidates button").nth(1).click()

    wait_for(lambda: world.shown(second, "title") == "Chosen", what="the chosen item")
    assert world.shown(first, "title") != "Chosen"


def test_an_ignored_scene_is_left_alone(world: World, tab: Stage) -> None:
    scene, key = world.add(title="t")
    world.save(scene, title="one")
    world.settle()
    tab.open(f"/scenes/{scene}")
    tab.page.get_by_role("tab", name="Plex").click()
    tab.button("Ignore").click()
    tab.see("This scene is left alone from now on.")
    wait_for(lambda: world.operation(mode="scene", id=scene)["ignored"], what="the choice")
    world.save(scene, title="two")
    world.settle()

    assert world.shown(key, "title") == "one"
    tab.page.reload()
    tab.page.get_by_role("tab", name="Plex").click()
    tab.button("Sync again").click()
    wait_for(lambda: world.shown(key, "title") == "two", what="the second title")


def test_a_hundred_thousand_scenes_are_shown_as_fast_as_ten(world: World, tab: Stage) -> None:
    """Counted ahead, in pages, and without asking Stash or Plex."""
    data = make_world(world.config)
    with closing(Ledger(data / "ledger.db")) as ledger:
        Gate(ledger).close_by_person()  # so that nobody works them off meanwhile
    tab.open(PAGE)

    expect(tab.page.locator("[data-count=in_step]")).to_have_text("75,000")
    expect(tab.page.locator("[data-count=not_in_plex]")).to_have_text("12,500")
    expect(tab.page.locator("[data-count=ambiguous]")).to_have_text("12,500")
    rows = tab.page.locator(".plexsync-trouble")
    assert rows.count() > 5
    tab.picture("real-hundred-thousand")
    ambiguous = tab.page.locator("[data-code=ambiguous]")
    ambiguous.get_by_role("button", name="Show scenes").click()
    tab.see("Page 1 of 250")
    ambiguous.get_by_role("button", name="Older").click()
    tab.see("Page 2 of 250")
    expect(ambiguous.locator(".plexsync-troubled > li")).to_have_count(50)


def test_who_used_another_plugin_takes_its_settings_and_its_token(world: World, tab: Stage) -> None:
    world.configure(plexUrl="", plexToken="")
    old = {"plex_url": world.plex.url, "plex_token": world.plex.token, "sync_collection": True}
    world.stash.store.plugin_settings["Stash2Plex"] = dict(old)
    scene, key = world.add(title="t")
    stale = ["https://example.org", f"plex/library/metadata/{key}"]
    world.save(scene, title="one", urls=stale)
    tab.open(PAGE)
    tab.button("Take these").click()
    tab.see("The settings are taken.")
    expect(tab.page.get_by_label("Address", exact=True)).to_have_value(world.plex.url)
    tab.button("Remove these addresses …").click()
    tab.button("Remove").click()
    tab.see("The address is removed from 1 scene.")
    assert writes(world) == []

    tab.button("Leave the set-up").click()
    wait_for(lambda: world.shown(key, "title") == "one", what="the scene in Plex")
    assert world.operation(mode="settings")["token_is"] == "file"
    assert "plexToken" not in {
        name for name, value in world.stash.store.plugin_settings["PlexSync"].items() if value
    }
    assert world.stash.store.plugin_settings["Stash2Plex"] == old
    assert list(world.stash.store.scene(scene).urls) == stale[:1]
