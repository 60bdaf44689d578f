"""The page for those who hear it, who only have a keyboard, and in other languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from catalogue import CATALOGUE
from tests.browser.answers import candidate, scene, status, trouble
from tests.browser.stage import Stage
from tests.browser.test_page import HUGE
from tests.browser.test_scene_tab import ROWS, open_tab
from tests.browser.test_settings_room import SETTINGS

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
UI = ROOT / "ui"


def accessibility_problems(stage: Stage) -> list[str]:
    """What axe-core finds in our part of the page, in words."""
    stage.page.add_script_tag(path=AXE)
    found: dict[str, Any] = stage.page.evaluate(
        "axe.run('.plexsync', {resultTypes:['violations']})"
    )
    return [
        f"{one['id']}: {one['help']}: {[node['html'][:120] for node in one['nodes'][:3]]}"
        for one in found["violations"]
    ]


def test_the_state_and_its_panels_are_accessible(stage: Stage) -> None:
    found = {
        "scene_id": 7,
        "message": "two items",
        "changed": 0,
        "paths": ["/data/a.mp4"],
        "candidates": [candidate(11, "One", "/a.mp4"), candidate(12, "Two", "/b.mp4")],
    }
    stage.answer("status", HUGE)
    stage.answer("troubles", {"total": 42, "page": 1, "scenes": [found]})
    stage.answer("support", {"text": "all of it"})
    stage.open("/plugins/plexsync")
    stage.button("Choose").click()
    stage.button("Choose Two in Videos").wait_for()
    stage.button("More").click()
    stage.button("Copy support bundle …").click()
    stage.page.get_by_label("The bundle's text").wait_for()

    assert "\n".join(accessibility_problems(stage)) == ""


@pytest.mark.parametrize("step", ["plex", "token", "libraries", "paths", "preview", "first"])
def test_each_step_of_the_set_up_is_accessible(stage: Stage, step: str) -> None:
    stage.answer("status", status(setup={"is_open": True, "is_done": False, "step": step}))
    stage.answer("settings", {"settings": [], "token_is": "missing", "plex_url": ""})
    for mode in ("find_plex", "test_plex", "libraries", "detect_paths", "preview"):
        stage.answer(mode, {"id": mode})
    failed = {"error": "Plex does not answer"}
    stage.answer("result", {"done": True, "run": None, "pause": None, "result": failed})
    stage.open(f"/plugins/plexsync?tab=setup&step={step}")
    stage.see("Plex does not answer") if step != "first" else stage.see("Writes scene")

    assert "\n".join(accessibility_problems(stage)) == ""


def test_the_settings_are_accessible(stage: Stage) -> None:
    stage.answer("status", status())
    stage.answer("settings", {"settings": SETTINGS, "token_is": "file", "plex_url": ""})
    stage.open("/plugins/plexsync?tab=settings")
    stage.page.get_by_role("heading", name="Which scenes").wait_for()

    assert "\n".join(accessibility_problems(stage)) == ""


def test_the_tab_of_a_scene_is_accessible(stage: Stage) -> None:
    open_tab(stage, scene(1, candidates=[candidate(11, "One", "/a.mp4")], chosen=11), ROWS)
    stage.page.get_by_role("table").wait_for()

    assert "\n".join(accessibility_problems(stage)) == ""


def test_every_code_has_a_cause_a_remedy_and_a_button_with_a_name(stage: Stage) -> None:
    troubles = [
        trouble(code, 3, f"3 scenes: {one.told('it')}", remedy=one.remedy, action=one.action)
        for code, one in CATALOGUE.items()
    ]
    stage.answer("status", status(troubles=troubles))
    stage.open("/plugins/plexsync")

    rows = stage.page.locator(".plexsync-trouble")
    stage.button(f"Show all {len(CATALOGUE)}").click()
    expect(rows).to_have_count(len(CATALOGUE))
    for code, one in CATALOGUE.items():
        row = stage.page.locator(f"[data-code={code}]")
        expect(row.locator(".plexsync-cause")).to_have_text(f"3 scenes: {one.told('it')}")
        expect(row.locator(".plexsync-remedy")).to_have_text(one.remedy)
        names = row.get_by_role("button").all_inner_texts()
        assert len(names) == (1 if one.action == "none" else 2)
        assert not [name for name in names if not name or name.startswith("action.")]
    stage.picture("every-trouble")


def test_every_sentence_of_the_page_stands_in_one_table_and_none_is_left_over() -> None:
    """So that a translation is one file."""
    table = (UI / "texts_en.js").read_text()
    keys = set(re.findall(r'^    "?([a-z_.A-Z]+)"?:', table, re.MULTILINE))
    scripts = "\n".join(path.read_text() for path in UI.glob("*.js") if path.name != "texts_en.js")
    quoted = set(re.findall(r'"([a-z_]+(?:\.[a-zA-Z_.]+)*)"', scripts))
    begun = set(re.findall(r"`([a-z]+\.)\$\{", scripts)) | set(re.findall(r'"([a-z]+\.)"', scripts))
    built = {key for key in keys if any(key.startswith(one) for one in begun)}
    used = set(re.findall(r'\bt\(\s*"([^"]+)"', scripts)) | set(
        re.findall(r'\bui\.text\("([^"]+)"', scripts)
    )

    assert used - keys == set()
    assert keys - quoted - built == set()
    assert all(any(key.startswith(one) for key in keys) for one in begun)
