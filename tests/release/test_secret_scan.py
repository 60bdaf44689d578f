"""What looks like a key or a token is found before it is published, and never shown."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from release.contents import ROOT
from release.secret_scan import find_secrets


def made(length: int) -> str:
    """Random, so that this file holds nothing of such a shape; seeded, so that it stays so."""
    return "".join(random.Random(length).choices("BCDFGHJKLM0123456789", k=length))


def repository(folder: Path, text: str) -> Path:
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    (folder / "notes.md").write_text(f"first line\n{text}\n")
    return folder


def test_the_project_holds_none() -> None:
    assert find_secrets(ROOT) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"/library?X-Plex-Token={made(20)}&a=b", "a Plex token"),
        (f'"X-Plex-Token": "{made(20)}"', "a Plex token"),
        (f"eyJ{made(33)}.eyJ{made(60)}.{made(43)}", "a Stash API key"),
        (f"ghp_{made(36)}", "a token of GitHub"),
        (f"AKIA{made(16)}", "a key of AWS"),
        (f"-----BEGIN RSA PRIVATE KEY-----\n{made(64)}", "a private key"),
    ],
)
def test_a_secret_is_named_with_its_place_and_not_shown(
    tmp_path: Path, text: str, what: str
) -> None:
    assert find_secrets(repository(tmp_path, text)) == [f"notes.md:2: looks like {what}"]


@pytest.mark.parametrize(
    "text",
    ["X-Plex-Token=example-token-000001", f"X-Plex-Token={made(12)}", "a header X-Plex-Token"],
)
def test_what_is_plainly_made_up_is_no_finding(tmp_path: Path, text: str) -> None:
    assert find_secrets(repository(tmp_path, text)) == []
