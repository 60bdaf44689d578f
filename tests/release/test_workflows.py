"""The workflows call what there is: they run elsewhere, so a wrong name would be seen too late."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from release.contents import ROOT
from tests.release.interpreters import MINORS

WORKFLOWS = sorted((ROOT / ".github" / "workflows").iterdir())
TEXTS = [path.read_text(encoding="utf-8") for path in WORKFLOWS]


def called(pattern: str) -> list[str]:
    return sorted({name for text in TEXTS for name in re.findall(pattern, text)})


def test_none_of_them_is_a_plugin_to_stash() -> None:
    assert {path.suffix for path in WORKFLOWS} == {".yaml"}


@pytest.mark.parametrize("target", called(r"run: make ([a-z-]+)"))
def test_a_target_that_is_called_exists(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("command", called(r"python -m release ([a-z-]+)"))
def test_a_command_that_is_called_exists(command: str) -> None:
    asked = [sys.executable, "-m", "release", command, "--help"]
    assert subprocess.run(asked, cwd=ROOT, capture_output=True, check=False).returncode == 0


def test_every_python_that_is_promised_is_tested_on_every_system() -> None:
    text = (ROOT / ".github" / "workflows" / "tests.yaml").read_text(encoding="utf-8")
    [pythons] = re.findall(r"python: \[(.*)\]", text)
    assert re.findall(r"[0-9.]+", pythons) == [f"3.{minor}" for minor in MINORS]
    [systems] = re.findall(r"os: \[(.*)\]", text)
    assert len(systems.split(", ")) == 3


def test_nothing_is_called_that_windows_does_not_have() -> None:
    text = (ROOT / ".github" / "workflows" / "tests.yaml").read_text(encoding="utf-8")
    assert "make" not in text.partition("systems:")[2]


def test_no_workflow_may_write_but_where_it_publishes() -> None:
    assert all("permissions:\n  contents: read\n" in text for text in TEXTS)
    writing = [path.name for path, text in zip(WORKFLOWS, TEXTS, strict=True) if ": write" in text]
    assert writing == ["release.yaml"]
