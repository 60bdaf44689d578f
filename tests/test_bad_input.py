"""Whatever arrives on standard input: one JSON reply, and a code that Stash logs."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from demo.plugin_folder import copy_plugin
from mirror.ledger import Ledger
from tests.plugin_process import PLUGIN, call_document, hook_document, run_plugin
from worker.path_note import DETECTED


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


def test_a_call_that_names_no_folder_of_stash_is_refused(tmp_path: Path) -> None:
    document = call_document(tmp_path, {"mode": "status"}).replace(b'"Dir"', b'"dir"')
    answer = run_plugin(document)
    assert answer.code != 0
    assert 'the call names no "Dir"' in str(answer.reply["error"])


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    """A plugin that can keep data neither beside Stash's configuration nor in its own folder."""
    (tmp_path / "plugin-data").write_text("a file where a folder should be")
    plugin = copy_plugin(tmp_path / "plugins" / "PlexSync")
    (plugin / "data").write_text("another")
    return plugin


@pytest.mark.parametrize("args", [{"mode": "wake"}, {"mode": "sync_all"}])
def test_what_cannot_be_kept_anywhere_is_refused_with_a_remedy(
    tmp_path: Path, nowhere: Path, args: dict[str, object]
) -> None:
    answer = run_plugin(call_document(tmp_path, args), plugin=nowhere)
    assert answer.code != 0
    assert "the data folder cannot be made" in str(answer.reply["error"])
    assert "make Stash's folder writable" in str(answer.reply["error"])


def test_a_look_makes_no_data_folder_and_has_its_answer_where_none_can_be(
    tmp_path: Path, nowhere: Path
) -> None:
    answer = run_plugin(call_document(tmp_path, {"mode": "status"}), plugin=nowhere)
    assert answer.code == 0
    assert "light" in str(answer.reply["output"])


@pytest.mark.parametrize("is_event", [True, False], ids=["event", "command"])
def test_what_cannot_be_written_into_the_inbox_is_refused_with_a_remedy(
    tmp_path: Path, is_event: bool
) -> None:
    """The event has another shape than Stash's, so that it takes the dearer way."""
    inbox = tmp_path / "plugin-data" / "PlexSync" / "inbox"
    inbox.parent.mkdir(parents=True)
    inbox.write_text("a file where a folder should be")
    if is_event:
        document = hook_document(tmp_path).replace(b'"Dir"', rb'"D\u0069r"')
    else:
        document = call_document(tmp_path, {"mode": "wake"})
    answer = run_plugin(document)
    assert answer.code != 0
    assert "could not be kept" in str(answer.reply["error"])
    assert "free disk space or make the folder writable" in str(answer.reply["error"])


def test_trouble_that_nobody_foresaw_is_told_by_its_place_and_never_by_its_text(
    tmp_path: Path,
) -> None:
    """Such a text may hold what Stash's log is not to."""
    data = tmp_path / "plugin-data" / "PlexSync"
    (data / "inbox").mkdir(parents=True)
    with closing(Ledger(data / "ledger.db")) as ledger:
        ledger.set_meta(DETECTED, "/private/folder")  # where JSON should be
    answer = run_plugin(call_document(tmp_path, {"mode": "settings"}))
    assert answer.code != 0
    assert re.search(r"unexpected JSONDecodeError in .*\.py:\d+$", str(answer.reply["error"]))
    assert b"private" not in answer.stdout + answer.stderr
