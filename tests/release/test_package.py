"""The zip holds what is needed and nothing else, and is the same wherever it is made."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from demo.stash.yaml_subset import parse
from release.contents import FILES, FOLDERS, ROOT
from release.package import LICENCES, Package, ReleaseError, build
from release.wheels import Pin, WheelError, fetch, normal, read_lock, read_wheel

OURS_ALONE = {"demo", "tests", "bench", "release", "docs"}  # folders that are not shipped
BUILD = """
import sys
from pathlib import Path
from release.package import build
made = build(Path(sys.argv[1]))
sys.stdout.buffer.write(made.index.encode() + made.content)
"""


def names_in(package: Package) -> list[str]:
    return zipfile.ZipFile(BytesIO(package.content)).namelist()


def test_nothing_is_inside_but_the_plugin_and_its_dependencies(package: Package) -> None:
    tops = {name.split("/")[0] for name in names_in(package)}
    assert tops <= {*FILES, *FOLDERS, LICENCES, "vendor"}
    for name in names_in(package):
        assert not re.search(r"(^|/)(tests?|__pycache__|\.[^/]*)(/|$)|\.pyc$", name), name


def test_every_module_of_the_project_is_shipped_or_known_to_be_ours_alone(package: Package) -> None:
    """A new folder that nobody added to the release would be missing at the user's."""
    inside = {name.split("/")[0] for name in names_in(package)}
    modules = {path.name for path in ROOT.glob("*.py")}
    modules |= {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert modules - inside <= OURS_ALONE


def test_stash_finds_one_manifest_inside(package: Package) -> None:
    """It reads every file of that ending, below vendor/ too, as a plugin of its own."""
    assert [name for name in names_in(package) if name.lower().endswith(".yml")] == ["PlexSync.yml"]


def test_no_file_is_for_one_kind_of_machine_alone(package: Package) -> None:
    vendored = [name for name in names_in(package) if name.startswith("vendor/")]
    assert {Path(name).suffix for name in vendored} <= {".py", ".pyi", ".typed", ".pem"}


def test_the_licence_of_every_dependency_is_named_and_its_text_is_inside(package: Package) -> None:
    text = zipfile.ZipFile(BytesIO(package.content)).read(LICENCES).decode()
    for pin in read_lock():
        assert f"{pin.name} {pin.version}: " in text
        assert pin.digest in text
    assert "Permission is hereby granted, free of charge" in text
    assert "Mozilla Public License" in text


def test_what_is_pinned_is_what_the_requirements_ask_for() -> None:
    pinned = {pin.name: pin.version for pin in read_lock()}
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        asked = Requirement(line)
        assert asked.specifier.contains(pinned[normal(asked.name)]), line


def test_the_index_offers_the_very_zip(package: Package) -> None:
    entries = parse(package.index)
    assert isinstance(entries, list)
    [entry] = entries
    assert isinstance(entry, dict)
    assert entry["id"] == "PlexSync"
    assert entry["path"] == package.name
    assert entry["sha256"] == hashlib.sha256(package.content).hexdigest()
    datetime.strptime(str(entry["date"]), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - Stash's own form


@pytest.mark.skipif(sys.platform == "win32", reason="no umask and no TZ there")
@pytest.mark.usefixtures("package")
def test_the_same_commit_gives_the_same_bytes_whoever_builds_it(tmp_path: Path) -> None:
    """Another umask, time zone and kind of line ends, and files of another time."""
    one = build_of_a_clone(tmp_path / "one", umask=0o077, zone="Pacific/Auckland", ends="true")
    two = build_of_a_clone(tmp_path / "two", umask=0o002, zone="America/Lima", ends="false")
    assert one == two
    assert one.startswith(b"- id: PlexSync\n")


def clone_of_the_project(clone: Path, *, ends: str = "false") -> Path:
    crlf = f"core.autocrlf={ends}"
    subprocess.run(["git", "clone", "--quiet", "--config", crlf, str(ROOT), str(clone)], check=True)
    return clone


def build_of_a_clone(clone: Path, *, umask: int, zone: str, ends: str) -> bytes:
    built = subprocess.run(
        [sys.executable, "-c", BUILD, str(clone_of_the_project(clone, ends=ends))],
        cwd=ROOT,
        umask=umask,
        env={**os.environ, "TZ": zone},
        capture_output=True,
        check=True,
    )
    return built.stdout


@pytest.mark.parametrize("name", ["errors.py", "release/vendored.txt", "worker/new.py"])
def test_what_is_not_committed_is_in_no_release(name: str, tmp_path: Path) -> None:
    clone = clone_of_the_project(tmp_path / "clone")
    with (clone / name).open("a") as file:
        file.write("# edited\n")
    with pytest.raises(ReleaseError, match="not committed"):
        build(clone)


def wheel(folder: Path, name: str, files: dict[str, str]) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("thing-1.dist-info/METADATA", "Name: thing\nLicense: MIT\n")
        for inside, text in files.items():
            archive.writestr(inside, text)
    return path


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("thing-1-cp311-cp311-linux_x86_64.whl", {"thing-1.dist-info/LICENSE": "MIT"}),
        ("thing-1-py3-none-any.whl", {"thing-1.dist-info/LICENSE": "", "thing/fast.so": ""}),
        ("thing-1-py3-none-any.whl", {"thing-1.dist-info/LICENSE": "", "thing/ci.yml": ""}),
        ("thing-1-py3-none-any.whl", {"thing.py": ""}),
    ],
    ids=["for one machine", "compiled", "a manifest to Stash", "no licence"],
)
def test_a_wheel_that_cannot_be_shipped_is_refused(
    tmp_path: Path, name: str, files: dict[str, str]
) -> None:
    path = wheel(tmp_path, name, files)
    with pytest.raises(WheelError):
        read_wheel(Pin("thing", "1", "0" * 64), path)


def test_of_a_wheel_come_its_modules_and_not_its_tests(tmp_path: Path) -> None:
    path = wheel(
        tmp_path,
        "thing-1-py3-none-any.whl",
        {"thing-1.dist-info/LICENSE": "MIT", "thing/a.py": "1", "thing/tests/test_a.py": "2"},
    )
    taken = read_wheel(Pin("thing", "1", "0" * 64), path)
    assert taken.files == {"thing/a.py": b"1"}
    assert taken.licence_texts == {"LICENSE": "MIT"}


def test_a_pin_without_a_hash_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "vendored.txt"
    lock.write_text("requests==2.34.2\n")
    with pytest.raises(WheelError, match=r"requests==2\.34\.2"):
        read_lock(lock)


def test_a_dependency_of_a_dependency_that_is_not_pinned_is_missed(
    package: Package, tmp_path: Path
) -> None:
    assert package.content  # its wheels are there
    lock = tmp_path / "vendored.txt"
    lock.write_text("".join(f"{pin}\n" for pin in read_lock() if pin.name != "idna"))
    with pytest.raises(WheelError, match="idna is needed"):
        fetch(lock=lock)
