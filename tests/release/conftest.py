"""One release of the files as they are edited, built once and unpacked as Stash does."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from filelock import FileLock

from release.package import Package, build
from release.wheels import WHEELS, fetch


@pytest.fixture(scope="session")
def package() -> Package:
    """Needs the package index, unless `build/wheels` has what the lock names."""
    WHEELS.parent.mkdir(exist_ok=True)
    with FileLock(WHEELS.with_name("wheels.lock")):  # others may want them at the same time
        fetch()
    return build(commit=None)


@pytest.fixture(scope="session")
def installed(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plugin's folder, below one with a space in its name."""
    folder = tmp_path_factory.mktemp("release") / "Stash's plug ins" / "PlexSync"
    return unpack(package, folder)


def unpack(package: Package, folder: Path) -> Path:
    folder.mkdir(parents=True)
    path = folder.parent / package.name
    path.write_bytes(package.content)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    path.unlink()
    return folder
