"""The manifest says what the code does: each fact comes from one source."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from demo.stash.manifest import read_manifest
from plugin.entry import READING
from plugin.tasks import TASKS
from worker.settings import SETTINGS, read_settings
from worker.version import version_of

ROOT = Path(__file__).parents[1]
MANIFEST = ROOT / "PlexSync.yml"


def test_exactly_one_file_ends_in_yml() -> None:
    """Stash reads every other one as a plugin of its own."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.yml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert listed.stdout.split() == ["PlexSync.yml"]


def test_the_manifest_names_the_settings_that_are_read() -> None:
    named = [
        (one.name, one.display_name, one.description, one.type)
        for one in read_manifest(MANIFEST).settings
    ]
    assert sorted(named) == sorted(
        (one.key, one.name, one.description, one.type) for one in SETTINGS
    )


def test_every_setting_is_of_a_kind_that_stash_knows_and_says_enough() -> None:
    """An unset switch shows as off, so that off has to be the default."""
    keys = [one.key for one in SETTINGS]
    assert len(set(keys)) == len(keys)
    assert {one.type for one in SETTINGS} <= {"STRING", "NUMBER", "BOOLEAN"}
    assert len({one.name for one in SETTINGS}) == len(keys)
    assert all(one.description for one in SETTINGS)
    off = read_settings({one.key: False for one in SETTINGS if one.type == "BOOLEAN"})
    assert off == read_settings({})


def test_every_task_of_the_manifest_has_a_mode_that_is_known() -> None:
    modes = [task.default_args["mode"] for task in read_manifest(MANIFEST).tasks]
    assert sorted(modes) == sorted([*TASKS, "show_status"])
    assert "show_status" in READING


def test_the_version_is_one() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", version_of(ROOT))
    assert read_manifest(MANIFEST).version == version_of(ROOT)


def test_stash_starts_the_plugin_isolated_and_without_site_packages() -> None:
    command = read_manifest(MANIFEST).command
    assert list(command) == ["python3", "-I", "-S", "{pluginDir}/PlexSync.py"]
