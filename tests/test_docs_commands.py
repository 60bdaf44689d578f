"""Every command in the documents is run, between the two stand-ins or in this repository.

What `make` is told to do is looked up instead: it takes from minutes to a quarter of an hour, and
some of it runs this test.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.world import World
from tests.waiting import wait_for

ROOT = Path(__file__).parents[1]
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_BEGINS = re.compile(r"(make|python3?|pip|git|docker|cd|\.venv/bin/\w+) ")
PLUGIN, MAKE, OURS = "python3 PlexSync.py", "make ", ".venv/bin/"


def commands() -> Iterator[tuple[str, str]]:
    """Each line of a block for a shell, and what looks like one elsewhere, with its document."""
    for path in sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")]):
        for language, block in _BLOCK.findall(path.read_text(encoding="utf-8")):
            for line in block.splitlines():
                if line.strip() and (language == "sh" or _BEGINS.match(line)):
                    yield path.name, line


def beginning_with(start: str) -> list[tuple[str, str]]:
    return [(name, line) for name, line in commands() if line.startswith(start)]


def run(arguments: list[str], folder: Path) -> str:
    """Run one command, which has to go well; all that it wrote."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
    return done.stdout


def run_plugin(world: World, line: str) -> str:
    folder = world.config / "plugins" / "PlexSync"
    return run(shlex.split(line, comments=True)[1:], folder)


def test_somebody_knows_how_to_run_every_command() -> None:
    unknown = [one for one in commands() if not one[1].startswith((PLUGIN, MAKE, OURS))]
    assert unknown == []
    assert all(beginning_with(start) for start in (PLUGIN, MAKE, OURS))


def test_what_make_is_told_exists_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for name, line in beginning_with(MAKE):
        _, target, *options = shlex.split(line, comments=True)
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), (name, line)
        for option in options:
            assert f"$({option.partition('=')[0]})" in makefile, (name, line)


@pytest.mark.parametrize("line", [line for _, line in beginning_with(OURS)])
def test_a_command_of_the_environment_runs(line: str) -> None:
    program, *arguments = shlex.split(line.removeprefix(OURS), comments=True)
    run(arguments if program == "python" else ["-m", program, *arguments], ROOT)


def test_the_commands_for_users_do_what_is_said(tmp_path: Path) -> None:
    """In their order, after two scenes were saved, as somebody would type them."""
    with World(tmp_path) as world:
        type_all_of_them(world)


def type_all_of_them(world: World) -> None:
    keys = {}
    for scene in (1, 2):
        made, keys[scene] = world.add(f"{scene}.mp4", title=f"saved {scene}")
        assert made == scene
        world.save(scene, details="said")
    wait_for(lambda: all(world.shown(one, "summary") for one in keys.values()), what="the saves")
    world.settle()
    _, late = world.add("3.mp4", title="of a run")

    answers: dict[str, str] = {}
    for _, line in beginning_with(PLUGIN):
        words = " ".join(shlex.split(line, comments=True)[2:])
        answers[words] = run_plugin(world, line)
        if words == "undo 1 2":
            assert [world.shown(one, "summary") for one in keys.values()] == ["", ""]
        if words in {"sync", "preview"}:
            assert [world.shown(one, "summary") for one in keys.values()] == ["", ""]
        if words == "sync":
            assert world.shown(late, "title") == "of a run"

    told = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## The data")
    kept = {re.sub("-(wal|shm)$", "", one.name) for one in world.data.iterdir()}
    assert {one for one in kept if one not in told[2] and not one.endswith(".tmp")} == set()
    assert "COMMAND" in answers["--help"]
    assert "2 scenes are in step" in answers["status"]
    assert "Nothing has to be done" in answers["doctor"]
    assert "scene 1: unchanged" in answers["preview 1 2"]
    assert "scene 2: in_step" in answers["sync 1 2"]
    assert "2 undone" in answers["undo 1 2"]
    assert "1 changed" in answers["preview"]
    assert world.shown(late, "title") != "of a run"
