"""An unpacked release works with nothing but a Python: no package, no pip, no git, no compiler."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from release.contents import ROOT
from release.wheels import read_lock
from tests.acceptance.world import World
from tests.release.interpreters import empty_environment, found

FOUND = sorted(found(), key=lambda version: int(version.split(".")[1]))
AS_THE_WORKER = """
import json, sys
here = sys.argv[1]
sys.path.insert(0, here)
from plugin.dependencies import find_dependencies
find_dependencies(here)
import worker.main, requests, urllib3, filelock, plexapi, diskcache, certifi, idna
try:
    import PIL
except ImportError:
    pass
files = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
print(json.dumps({"files": {name: file for name, file in files.items() if file},
                  "path": sys.path, "bundle": certifi.where(), "prefix": sys.base_prefix}))
"""


@pytest.fixture(autouse=True)
def nothing_on_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever the plugin would start by name is not there."""
    monkeypatch.setenv("PATH", str(tmp_path / "no programs"))


def look_as_the_worker(python: Path, plugin: Path) -> dict[str, dict[str, str]]:
    done = subprocess.run(
        [str(python), "-I", "-S", "-c", AS_THE_WORKER, str(plugin)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    looked: dict[str, dict[str, str]] = json.loads(done.stdout)
    return looked


@pytest.mark.parametrize("version", FOUND)
def test_a_save_a_task_and_an_operation_work_on_this_python(
    version: str, installed: Path, tmp_path: Path
) -> None:
    python = empty_environment(tmp_path / "empty", found()[version])
    with World(tmp_path / "a world", plugin=installed, python=str(python)) as world:
        scene, key = world.add("one.mp4", title="before")
        _, other = world.add("two.mp4", title="the other")

        world.save(scene, title="after")
        world.settle()
        assert world.shown(key, "title") == "after"

        assert "2 scenes" in world.task("Sync all scenes")
        assert world.shown(other, "title") == "the other"
        assert world.operation(mode="status")["worker"]["lives"]


@pytest.mark.parametrize("version", FOUND)
def test_every_module_comes_from_the_release_or_from_python_itself(
    version: str, installed: Path, tmp_path: Path
) -> None:
    python = empty_environment(tmp_path / "empty", found()[version])
    looked = look_as_the_worker(python, installed)
    library = str(looked["prefix"])
    strangers = [
        file for file in looked["files"].values() if not file.startswith((str(installed), library))
    ]
    assert strangers == []
    assert not [file for file in looked["files"].values() if "site-packages" in file]
    assert str(looked["bundle"]).startswith(str(installed))


@pytest.mark.parametrize("version", [FOUND[0], FOUND[-1]])
def test_the_whole_demo_runs_from_it(version: str, installed: Path, tmp_path: Path) -> None:
    python = empty_environment(tmp_path / "empty", found()[version])
    done = subprocess.run(
        [sys.executable, "-m", "demo", "--plugin", str(installed), "--python", str(python)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Everything is as it should be." in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_a_folder_that_cannot_be_written_is_enough(installed: Path, tmp_path: Path) -> None:
    python = bound_by_permissions(tmp_path / "python")
    with World(tmp_path / "a world", plugin=installed, python=str(python)) as world:
        place = world.config / "plugins" / "PlexSync"
        before = set(place.rglob("*"))
        change_modes(place, remove=0o222)
        scene, key = world.add("one.mp4")

        world.save(scene, title="after")
        world.settle()

        assert world.shown(key, "title") == "after"
        assert set(place.rglob("*")) == before
        world.end_worker()
        change_modes(place, add=0o200)


def bound_by_permissions(path: Path) -> Path:
    """An interpreter that may not write where the mode says no, though root runs the tests."""
    if os.geteuid() != 0:
        return Path(sys.executable)
    setpriv = shutil.which("setpriv", path="/usr/bin:/bin")
    if setpriv is None:
        pytest.skip("root may write everywhere, and setpriv is not there to take that away")
    taken = "-dac_override,-dac_read_search"
    command = f"{setpriv} --bounding-set={taken} --inh-caps={taken} {sys.executable}"
    path.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    path.chmod(0o755)
    return path


def change_modes(folder: Path, *, add: int = 0, remove: int = 0) -> None:
    for path in [folder, *folder.rglob("*")]:
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~remove | add)


@pytest.fixture
def crowded(tmp_path: Path) -> tuple[Path, Path]:
    """A Python with packages that must not be taken: its interpreter, and where they are."""
    python = empty_environment(tmp_path / "crowded", Path(sys.executable))
    [packages] = (tmp_path / "crowded").rglob("site-packages")
    wrong = "raise AssertionError(__name__ + ' was taken from the user')\n"
    for pin in read_lock():
        (packages / f"{pin.name.replace('-', '_')}.py").write_text(wrong)
    for name in ("plugin", "worker", "plex", "stash", "mirror", "sync_queue"):
        (packages / name).mkdir()
        (packages / name / "__init__.py").write_text(wrong)
    for name in ("errors", "sqlite_file", "plexapi", "persistqueue", "urllib3"):
        (packages / f"{name}.py").write_text(wrong)
    for name in ("chardet", "simplejson", "brotli", "zstandard", "OpenSSL", "msgpack", "cbor2"):
        (packages / f"{name}.py").write_text(wrong)  # what some of ours import when it is there
    (packages / "early.pth").write_text("import requests\n")
    (packages / "sitecustomize.py").write_text(wrong)
    (packages / "PIL").mkdir()
    (packages / "PIL" / "__init__.py").write_text("")
    return python, packages


def test_no_package_of_the_user_takes_the_place_of_ours(
    crowded: tuple[Path, Path], installed: Path
) -> None:
    """Older ones, broken ones, ones of the same names: all but Pillow are left alone."""
    python, packages = crowded
    looked = look_as_the_worker(python, installed)
    taken = [name for name, file in looked["files"].items() if file.startswith(str(packages))]
    assert taken == ["PIL"]
    assert str(packages) not in looked["path"]


def test_ours_are_on_no_path_but_our_own(installed: Path, tmp_path: Path) -> None:
    """Stash hands every plugin the folder of all plugins as PYTHONPATH."""
    python = empty_environment(tmp_path / "empty", Path(sys.executable))
    done = subprocess.run(
        [str(python), "-c", "import requests"],
        env={"PYTHONPATH": str(installed.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "No module named 'requests'" in done.stderr


def test_pillow_of_the_user_is_found_and_makes_posters(installed: Path) -> None:
    """It is compiled, so no release carries it; the running Python has it for the tests."""
    show = (
        "import sys; here = sys.argv[1]; sys.path.insert(0, here)\n"
        "from plugin.dependencies import find_dependencies\n"
        "find_dependencies(here)\n"
        "from plex.poster import can_pad\n"
        "print(can_pad())"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", show, str(installed)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "True"
