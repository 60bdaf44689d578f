"""The reading side of the inbox."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stash.call import HookEvent
from sync_queue.inbox import keep
from tests.plugin_process import hook_document
from worker.arrivals import Inbox


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path


def ids(inbox: Inbox) -> list[int]:
    wants = [one.call.wants for one in inbox.take()]
    return [one.id for one in wants if isinstance(one, HookEvent)]


def test_events_are_taken_in_the_order_of_their_arrival(folder: Path) -> None:
    for scene_id in (5, 3, 9):
        keep(str(folder), hook_document(folder, scene_id))
    assert ids(Inbox(folder)) == [5, 3, 9]


def test_what_was_taken_stays_until_its_work_is_committed(folder: Path) -> None:
    keep(str(folder), hook_document(folder, 5))
    assert ids(Inbox(folder)) == ids(Inbox(folder)) == [5]


def test_half_written_files_are_not_taken_and_swept_after_an_hour(folder: Path) -> None:
    unfinished = folder / "inbox" / "1-1.tmp"
    unfinished.write_bytes(hook_document(folder))
    inbox = Inbox(folder)
    assert (inbox.names(), ids(inbox)) == (set(), [])
    born = unfinished.stat().st_mtime
    inbox.sweep(born + 3000)
    assert unfinished.exists()
    inbox.sweep(born + 4000)
    assert not unfinished.exists()


@pytest.mark.parametrize("document", [b"", b"nonsense", b"[]", b'{"args":{}}', b"\xff"])
def test_what_cannot_be_read_is_set_aside_and_does_not_hold_up_the_rest(
    folder: Path, document: bytes
) -> None:
    keep(str(folder), document or b" ")
    keep(str(folder), hook_document(folder, 7))
    inbox = Inbox(folder)
    assert ids(inbox) == [7]
    assert inbox.set_aside_count() == 1
    assert ids(inbox) == [7]
    assert inbox.set_aside_count() == 1


def test_a_file_that_is_set_aside_keeps_its_text_but_not_its_cookie(folder: Path) -> None:
    keep(str(folder), hook_document(folder)[:-3])
    assert ids(Inbox(folder)) == []
    [kept] = (folder / "inbox" / "unreadable").iterdir()
    assert b"Scene.Update.Post" in kept.read_bytes()
    assert b"a-session-cookie" not in kept.read_bytes()
    if os.name == "posix":  # elsewhere files have no modes
        assert kept.stat().st_mode & 0o777 == 0o600


def test_files_that_have_to_wait_are_passed_over(folder: Path) -> None:
    name = keep(str(folder), hook_document(folder, 1))
    keep(str(folder), hook_document(folder, 2))
    taken = [one.call.wants for one in Inbox(folder).take(skip=frozenset({name}))]
    assert [one.id for one in taken if isinstance(one, HookEvent)] == [2]


def test_a_name_is_a_time_that_sorts(folder: Path) -> None:
    name = keep(str(folder), b"{}")
    time_ns, _, pid = name.removesuffix(".json").partition("-")
    assert len(time_ns) == 20
    assert int(pid) == os.getpid()
