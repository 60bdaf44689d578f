"""Whatever arrives on standard input: one JSON reply, and a code that Stash logs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugin_process import PLUGIN, call_document, run_plugin


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"this is no JSON", "no JSON"),
        (b'{"args":', "no JSON"),
        (b"[1, 2]", "not an object"),
        (b'"text"', "not an object"),
        (b"null", "not an object"),
        (b"{}", '"args"'),
        (b'{"args":{"mode":"status"}}', "server_connection"),
        (b"[" * 100_000, "no JSON"),
        (b"\xff\xfe\x00", "no JSON"),
    ],
)
def test_what_is_no_call_gets_one_clear_error(document: bytes, words: str) -> None:
    answer = run_plugin(document)
    assert answer.code != 0
    assert words in str(answer.reply["error"])
    assert b"Traceback" not in answer.stderr


def test_an_unknown_mode_is_named_with_the_known_ones(tmp_path: Path) -> None:
    answer = run_plugin(call_document(tmp_path, {"mode": "dance"}))
    assert answer.code != 0
    assert "'dance'" in str(answer.reply["error"])
    assert "sync_all" in str(answer.reply["error"])


@pytest.mark.parametrize("args", [{}, {"mode": ""}, {"mode": 5}, {"mode": None}])
def test_a_call_without_a_mode_says_so(tmp_path: Path, args: dict[str, object]) -> None:
    answer = run_plugin(call_document(tmp_path, args))
    assert answer.code != 0
    assert '"mode"' in str(answer.reply["error"])


@pytest.mark.parametrize("ids", [["x"], [1.5], [True], {"a": 1}, [-1], "one two"])
def test_ids_that_are_none_are_refused(tmp_path: Path, ids: object) -> None:
    answer = run_plugin(call_document(tmp_path, {"mode": "sync", "ids": ids}))
    assert answer.code != 0
    assert '"ids"' in str(answer.reply["error"])


def test_help_is_for_people() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(PLUGIN / "PlexSync.py"), "--help"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert "plugin that Stash starts" in done.stdout
