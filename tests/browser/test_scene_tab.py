"""The tab of one scene: where it is in Plex, what stands there, and what would be written."""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.answers import candidate, scene
from tests.browser.stage import Stage


def row(field: str, stash: str, plex: str, will_be: str, **more: object) -> dict[str, object]:
    """One field, as a preview tells it."""
    told = {"field": field, "stash": stash, "plex": plex, "will_be": will_be}
    return {**told, "locked": True, "whose": "ours", **more}


ROWS = [
    row("title", "The new title", "The old title", "The new title"),
    row("summary", "Line one", "Line one", "Line one"),
    row("genre", "Outdoors", "Comedy, Outdoors", "Comedy, Outdoors", whose="both"),
    row("studio", "Studio A", "Another studio", "Another studio", whose="person"),
    row("contentRating", "", "", "", locked=False, whose=""),
]


def preview(rows: list[dict[str, object]]) -> dict[str, object]:
    """The result of a preview of scene 1."""
    item = {"rating_key": 123, "title": "The old title", "kept": ["studio"], "fields": {}}
    shown = {"scene_id": 1, "title": "Scene no. 1", "kind": "changed", "text": ""}
    result = {"scenes": [{**shown, "items": [{**item, "pictures": ["poster"], "rows": rows}]}]}
    return {"done": True, "run": None, "pause": None, "result": result}


def open_tab(stage: Stage, told: dict[str, object], rows: list[dict[str, object]]) -> None:
    """Open the tab of scene 1."""
    stage.answer("scene", told)
    stage.answer("preview", {"id": "preview-1"})
    stage.answer("result", preview(rows))
    stage.open("/scenes/1")
    stage.page.get_by_role("tab", name="Plex").click()


def test_what_stands_in_stash_and_in_plex_is_shown_field_by_field(stage: Stage) -> None:
    open_tab(stage, scene(1), ROWS)

    table = stage.page.get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(["Field", "Stash", "Plex", "Will be"])
    expect(table.locator("tbody tr")).to_have_count(4)
    title = table.locator("tr", has_text="Title")
    expect(title.locator("td")).to_have_text(["The new title", "The old title", "The new title"])
    expect(title).to_contain_text("locked in Plex")
    expect(table.locator("tr", has_text="Studio")).to_contain_text("by a person")
    stage.see("Pictures that would be sent: poster")
    stage.see("Kept as edited in Plex: Studio")
    link = stage.page.get_by_role("link", name="Open in Videos")
    expect(link).to_have_attribute("href", "http://127.0.0.1:32400/web/index.html#!/server/1")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    stage.see("found by its path")
    stage.picture("scene-diff")


def test_nothing_is_asked_before_the_tab_is_opened_and_one_preview_then(stage: Stage) -> None:
    stage.answer("scene", scene(1))
    stage.answer("preview", {"id": "preview-1"})
    stage.answer("result", preview(ROWS))
    stage.open("/scenes/1")
    stage.page.get_by_role("tab", name="Plex").wait_for()
    assert not stage.asked

    stage.page.get_by_role("tab", name="Plex").click()
    stage.page.get_by_role("table").wait_for()

    assert stage.calls("preview") == [{"mode": "preview", "ids": [1]}]


def test_a_scene_without_an_item_costs_plex_nothing(stage: Stage) -> None:
    resting = scene(
        1,
        state="resting",
        sentence="Plex has no file at /media/plex/scene.mp4.",
        remedy="It is found by itself once Plex has scanned it.",
        items=[],
        synced=None,
        next_try=time.time() + 300,
    )
    open_tab(stage, resting, ROWS)

    stage.see("Plex has no file at /media/plex/scene.mp4.")
    stage.see("It is found by itself once Plex has scanned it.")
    stage.see("in 5 minutes")
    expect(stage.button("Undo")).to_be_disabled()
    assert not stage.calls("preview")
    stage.picture("scene-resting")


def test_a_scene_is_synced_now(stage: Stage) -> None:
    open_tab(stage, scene(1), ROWS)
    stage.answer("sync", {"accepted": 1})
    stage.page.get_by_role("table").wait_for()

    stage.answer("scene", scene(1, waits=True, sentence="On its way."))
    stage.button("Sync now").click()

    stage.see("On its way to Plex.")
    expect(stage.page.locator(".plexsync-sentence")).to_have_text("On its way.")
    assert stage.calls("sync") == [{"mode": "sync", "ids": [1]}]


def test_the_fields_are_compared_again_after_a_sync(stage: Stage) -> None:
    open_tab(stage, scene(1), ROWS)
    stage.answer("sync", {"accepted": 1})
    stage.page.get_by_role("table").wait_for()

    stage.answer("result", preview([row("title", "New", "New", "New")]))
    stage.answer("scene", scene(1, synced=time.time() + 5))
    stage.button("Sync now").click()

    expect(stage.page.locator("tbody tr")).to_have_count(1)
    expect(stage.page.locator("tbody td").last).to_have_text("stays")
    assert len(stage.calls("preview")) == 2


def test_undo_asks_first(stage: Stage) -> None:
    open_tab(stage, scene(1), ROWS)
    stage.answer("undo", {"id": "undo-1"})

    stage.button("Undo").click()
    question = stage.page.get_by_role("alertdialog")
    question.get_by_role("button", name="Cancel").click()
    assert not stage.calls("undo")
    stage.button("Undo").click()
    question.get_by_role("button", name="Undo").click()

    stage.see("Plex gets back what stood there before.")
    assert stage.calls("undo") == [{"mode": "undo", "ids": [1]}]


@pytest.mark.parametrize(("before", "button"), [(False, "Ignore"), (True, "Sync again")])
def test_a_scene_is_ignored_and_synced_again(stage: Stage, before: bool, button: str) -> None:
    open_tab(stage, scene(1, ignored=before), ROWS)
    stage.answer("ignore", {"accepted": 1})

    stage.button(button).click()

    stage.page.locator(".plexsync-note").wait_for()
    assert stage.calls("ignore") == [{"mode": "ignore", "ids": [1], "on": not before}]


def test_one_of_several_items_is_chosen(stage: Stage) -> None:
    both = [
        candidate(11, "The first", "/media/plex/a.mp4"),
        candidate(12, "The second", "/media/other/a.mp4"),
    ]
    told = scene(1, state="failed", sentence="Two items hold its file.", items=[], candidates=both)
    open_tab(stage, told, ROWS)
    stage.answer("choose", {"accepted": 1})
    stage.picture("scene-candidates")

    stage.button("Choose The second in Videos").click()
    stage.see("This item is the scene's from now on.")
    stage.answer("scene", {**told, "chosen": 12})
    stage.page.reload()
    stage.page.get_by_role("tab", name="Plex").click()
    stage.button("Take the choice back").click()

    stage.see("The choice is taken back.")
    assert [one["rating_key"] for one in stage.calls("choose")] == [12, 0]


def test_a_link_that_is_none_is_only_text(stage: Stage) -> None:
    item: dict[str, Any] = {"rating_key": 1, "library": "Videos", "part": "", "found_by": "path"}
    open_tab(stage, scene(1, items=[{**item, "link": "javascript:alert(1)"}]), ROWS)

    stage.see("Open in Videos")
    expect(stage.page.get_by_role("link", name="Open in Videos")).to_have_count(0)


def test_the_other_tabs_of_stash_and_of_other_plugins_work_on(stage: Stage) -> None:
    def refuse(_args: dict[str, Any]) -> None:
        raise OSError("the data folder is away")

    stage.answer("scene", refuse)
    stage.open("/scenes/1")
    stage.page.get_by_role("tab", name="Plex").click()
    stage.see("the data folder is away")

    stage.page.get_by_role("tab", name="Other").click()
    stage.see("What others show")
    stage.page.get_by_role("tab", name="File Info").click()
    stage.see("/data/stash/scene 1.mp4")
