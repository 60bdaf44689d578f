"""Nothing goes out but to Stash and Plex: the interpreter tells of every address that is used."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from demo.stash.server import GraphQLFailed
from plugin.entry import READING
from plugin.operations import ASKING
from plugin.status import worker_lives
from tests.acceptance.world import JPEG, World
from tests.plugin_process import call_document, hook_document
from tests.waiting import wait_for

GUARDED = Path(__file__).with_name("guarded_plugin.py")
# They ask elsewhere, and only when a person presses their button.
ELSEWHERE = {"find_plex", "sign_in"}
WORDS: dict[str, dict[str, object]] = {
    "sync": {"ids": [1]},
    "start": {"what": "sync_all"},
    "preview": {"ids": [1]},
    "undo": {"ids": [1]},
    "preview_undo": {"ids": [1]},
    "test_path": {"path": "/data/stash/scene.mp4"},
    "scene": {"id": 1},
    "setup": {"do": "open", "step": "paths"},
}


def guarded(world: World, notes: Path, *arguments: str) -> list[str]:
    plugin = world.config / "plugins" / "PlexSync"
    return [sys.executable, "-I", str(GUARDED), str(plugin), str(notes), *arguments]


def noted(notes: Path) -> list[list[str]]:
    return [json.loads(line) for line in notes.read_text().splitlines()] if notes.exists() else []


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world whose worker is under guard from its start."""
    with World(tmp_path) as made:
        data = made.data_folder()
        process = subprocess.Popen(
            guarded(made, tmp_path / "worker.notes", "--worker", str(data)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(lambda: worker_lives(data), what="the worker")
        yield made
        made.end_worker()
        process.wait(20)


def test_a_worker_speaks_to_stash_and_plex_alone(world: World) -> None:
    """Whatever it is asked for, and wherever Plex sends it on to."""
    world.configure(scanMissing=True, coverAs="both", padCovers=True)
    scene, key = world.add(cover=JPEG)
    missing = world.stash.store.add_scene("/data/stash/missing.mp4", title="not in Plex")
    world.operation(mode="sync", ids=[missing])
    world.save(scene, title="synced")
    wait_for(lambda: world.shown(key, "title") == "synced", what="the title")
    for mode in sorted({*ASKING, *READING} - ELSEWHERE - {"show_status", "set_token"}):
        with suppress(GraphQLFailed):  # some have nothing to speak of
            world.operation(mode=mode, **WORDS.get(mode, {}))
    world.operation(mode="setup", do="finish")
    world.operation(mode="go_on")
    world.settle()
    world.plex.faults.set("redirect:http://192.0.2.1:32400/elsewhere")
    world.save(scene, title="sent elsewhere")
    world.wait_for_pause("not_configured")

    allowed = {
        (urlsplit(url).hostname, urlsplit(url).port) for url in (world.plex.url, world.stash.url)
    }
    used = {tuple(one) for one in noted(world.folder / "worker.notes")}
    connected = {where for event, where in used if event == "socket.connect"}
    assert connected == {str(pair) for pair in allowed}
    looked_up = {where for event, where in used if event != "socket.connect"}
    assert looked_up <= {str(pair) for pair in allowed}


def test_what_stash_starts_speaks_to_nobody(tmp_path: Path) -> None:
    """A hook writes a file and leaves; a page's question is answered from what is known."""
    with World(tmp_path) as world:
        documents = {
            mode: call_document(world.config, {"mode": mode, **WORDS.get(mode, {})})
            for mode in sorted({*READING, *ASKING} - ELSEWHERE)
        }
        documents["a hook"] = hook_document(world.config)
        for what, document in documents.items():
            notes = tmp_path / f"{what}.notes"
            done = subprocess.run(
                guarded(world, notes), input=document, capture_output=True, check=False
            )
            assert done.stdout.startswith(b"{"), what
            assert noted(notes) == [], what
            assert notes.exists()
