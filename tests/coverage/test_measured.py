"""What Stash starts is measured, and what that starts."""

from __future__ import annotations

import sqlite3
import subprocess
from contextlib import closing, suppress
from pathlib import Path

import pytest

from sync_queue import host
from sync_queue.inbox import data_folder
from tests.acceptance.world import World
from tests.coverage.interpreter import make_interpreter
from tests.plugin_process import PLUGIN, hook_document
from tests.systems import WITH_BASH
from tests.waiting import wait_for

pytestmark = WITH_BASH
_STEPS = "SELECT path, COUNT(*) FROM arc JOIN file ON file.id = arc.file_id GROUP BY path"


@pytest.fixture
def python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COVERAGE_PROCESS_START", str(PLUGIN / "pyproject.toml"))
    monkeypatch.setenv("COVERAGE_FILE", str(tmp_path / "measured"))
    return str(make_interpreter(tmp_path / "environment"))


def branches_run(folder: Path) -> dict[str, int]:
    """How many steps from line to line were run of each file, named from its folder on."""
    found: dict[str, int] = {}
    for path in folder.glob("measured.*"):
        # What a process is still writing has no tables yet.
        with suppress(sqlite3.OperationalError), closing(_opened(path)) as data:
            for name, steps in data.execute(_STEPS):
                short = "/".join(Path(name).parts[-2:])
                found[short] = max(steps, found.get(short, 0))
    return found


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)


def test_operations_of_an_installed_plugin_and_the_worker_are_measured(
    tmp_path: Path, python: str
) -> None:
    with World(tmp_path, python=python) as world:
        scene, _ = world.add()
        world.save(scene, title="a title")
        world.wait_for_outcome(scene, "changed")
        world.operation(mode="status")
    wait_for(lambda: branches_run(tmp_path).get("worker/stretch.py", 0) > 50, what="the worker")
    assert branches_run(tmp_path)["plugin/status.py"] > 50


def test_a_hook_is_measured_to_its_last_line(tmp_path: Path, python: str) -> None:
    data = data_folder(str(tmp_path), str(PLUGIN))
    lock = host.hold(f"{data}/worker.lock")  # so that none is started
    assert lock is not None
    subprocess.run(
        [python, "-I", "-S", str(PLUGIN / "PlexSync.py")],
        input=hook_document(tmp_path),
        capture_output=True,
        check=True,
    )
    host.let_go(lock)
    assert branches_run(tmp_path)["sync_queue/inbox.py"] > 50
