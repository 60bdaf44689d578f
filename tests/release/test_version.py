"""The version stands in PlexSync.yml; whatever else names one names the same."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from demo.stash.manifest import read_manifest
from release.contents import ROOT
from release.package import Package, version_in
from worker.version import version_of


def test_release_worker_and_stash_read_the_same_version() -> None:
    assert version_in() == version_of(ROOT) == read_manifest(ROOT / "PlexSync.yml").version


def test_the_newest_entry_of_the_changelog_is_of_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (\S+)", text, re.MULTILINE)
    assert versions[0] == version_in()
    assert len(set(versions)) == len(versions)


def test_documents_show_this_version() -> None:
    shown = [
        (path.name, version)
        for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
        for version in re.findall(
            r"\"version\": ?\"(\d+\.\d+\.\d+)\"|PlexSync-(\d+\.\d+\.\d+)\.zip",
            path.read_text(encoding="utf-8"),
        )
    ]
    assert {one or other for _, (one, other) in shown} <= {version_in()}, shown


def test_no_other_place_has_a_version_of_its_own() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'dynamic = ["version"]' in project
    assert not re.search(r"^version", project, re.MULTILINE)


def test_the_zip_and_the_index_name_it(package: Package) -> None:
    assert package.name == f"PlexSync-{version_in()}.zip"
    assert f'  version: "{version_in()}"\n' in package.index


@pytest.mark.parametrize(("tag", "code"), [(f"v{version_in()}", 0), ("v99.0.0", 1), ("main", 1)])
def test_a_tag_of_another_version_is_not_released(tag: str, code: int) -> None:
    command = [sys.executable, "-m", "release", "check-tag", tag]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == code
