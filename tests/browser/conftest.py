"""A real Chromium before the stand-in of Stash, with the plugin and another one installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from demo.plugin_folder import copy_plugin
from demo.stash.server import StashServer
from tests.browser.chromium import HOST, find_chromium, need_browser
from tests.browser.stage import DEADLINE_MS, Stage
from tests.worker_end import end_worker

if sys.platform == "win32":  # what fills its world measures, too, through a module of POSIX
    collect_ignore = ["test_first_run.py"]

OTHER = Path(__file__).parent / "host" / "other_plugin.js"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    need_browser()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        expect.set_options(timeout=DEADLINE_MS)
        yield started
        started.close()


def install_other_plugin(stash: StashServer, script: str) -> None:
    """A second plugin in the same places."""
    folder = stash.core.plugins.folder / "OtherPlugin"
    folder.mkdir()
    (folder / "OtherPlugin.yml").write_text(
        "name: Other\nversion: 1.0.0\nui:\n  javascript:\n    - other.js\n"
    )
    (folder / "other.js").write_text(script)
    stash.core.plugins.reload()


@pytest.fixture(scope="session")
def stash(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StashServer]:
    """Stash with three scenes; the plugin's operations are answered by each test."""
    need_browser()
    folder = tmp_path_factory.mktemp("stash")
    with StashServer(folder) as started:
        started.core.page_folder = HOST
        started.install_plugin(copy_plugin(folder / "plugins" / "PlexSync"))
        install_other_plugin(started, OTHER.read_text())
        for number in (1, 2, 3):
            started.store.add_scene(f"/data/stash/scene {number}.mp4", title=f"Scene no. {number}")
        yield started
        end_worker(folder / "plugin-data" / "PlexSync")  # not every operation is answered by a test


@pytest.fixture
def stage(browser: Browser, stash: StashServer) -> Iterator[Stage]:
    """A fresh tab; a problem that the browser reports fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(DEADLINE_MS)
    stash.store.plugin_settings.clear()
    made = Stage(context.new_page(), stash.url)
    made.answer("wake", {"worker": "awake"})
    made.answer("elsewhere", {"offers": [], "unlike": [], "urls": None})
    yield made
    context.close()
    assert made.problems == [], "\n".join(made.problems)
