"""Which packages of the user's Python a release takes, and where it looks for them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from plugin.dependencies import OptionalPackages, site_folders


def packages(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text("")
    return folder


def environment(folder: Path, settings: str) -> Path:
    """A virtual environment as far as it matters here; its interpreter."""
    (folder / "bin").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text(settings)
    return folder / "bin" / "python3"


def test_pillow_is_found_in_the_user_s_python_and_no_other_package_is(tmp_path: Path) -> None:
    first = packages(tmp_path / "first", "requests")
    second = packages(tmp_path / "second", "PIL", "requests")
    finder = OptionalPackages([str(first), str(second)])

    found = finder.find_spec("PIL", None)
    assert found is not None
    assert found.origin == str(second / "PIL" / "__init__.py")
    assert finder.find_spec("requests", None) is None
    assert finder.find_spec("PIL.Image", [str(second / "PIL")]) is None  # its package finds it


def test_without_pillow_nothing_is_found(tmp_path: Path) -> None:
    assert OptionalPackages([str(tmp_path)]).find_spec("PIL", None) is None


def test_an_environment_that_keeps_to_itself_is_looked_into_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = environment(tmp_path / "venv", "include-system-site-packages = false\n")
    monkeypatch.setattr(sys, "executable", str(python))
    folders = site_folders()
    assert folders
    assert all(one.startswith(str(tmp_path / "venv")) for one in folders)


def test_an_environment_that_says_so_is_looked_into_before_the_rest_of_its_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = environment(tmp_path / "venv", "Include-System-Site-Packages = TRUE\n")
    monkeypatch.setattr(sys, "executable", str(python))
    folders = site_folders()
    inside = [one for one in folders if one.startswith(str(tmp_path / "venv"))]
    assert inside
    assert folders[: len(inside)] == inside
    assert folders[len(inside) :]


def test_a_python_of_the_system_has_its_own_folders_and_the_user_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "usr" / "bin" / "python3"))
    monkeypatch.setenv("PYTHONUSERBASE", str(tmp_path / "home"))
    assert len(site_folders()) > 1
