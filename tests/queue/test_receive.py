"""What a hook's process does with its input, without the plugin around it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sync_queue.inbox import PIECE_BYTES, TICKET_SECONDS
from tests.waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits a process as POSIX does")
ROOT = Path(__file__).parents[2]
# What is not kept is handed on. A mistake that reads for ever ends by itself.
PROGRAM = (
    "import resource, sys\n"
    "resource.setrlimit(resource.RLIMIT_CPU, (5, 5))\n"
    "sys.path.insert(0, sys.argv[1])\n"
    "from sync_queue import inbox\n"
    "sys.stdout.buffer.write(b'handed on: ' + inbox.receive(sys.argv[2]))\n"
)
KEPT = b'{"output":"kept"}\n'
SIZES = [0, PIECE_BYTES, 5 * PIECE_BYTES]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """The plugin's folder, with a worker that notes its start and ends."""
    folder = tmp_path / "plugin"
    folder.mkdir()
    (folder / "PlexSync.py").write_text("import sys; print(sys.argv[1:], file=sys.stderr)")
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "config" / "plugin-data" / "PlexSync"
    (folder / "inbox").mkdir(parents=True)
    return folder


def given(document: bytes, here: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(ROOT), str(here)],
        input=document,
        capture_output=True,
        check=False,
        timeout=TICKET_SECONDS,
    )


def event(config: Path, size: int = 0) -> bytes:
    call = {"server_connection": {"Dir": str(config)}, "args": {"hookContext": {"id": 7}}}
    return json.dumps({**call, "cover": "x" * size}).encode()


def kept(data: Path) -> list[bytes]:
    return [one.read_bytes() for one in (data / "inbox").iterdir()]


@pytest.mark.parametrize("size", SIZES)
def test_an_event_is_kept_whole_and_starts_the_worker(size: int, here: Path, data: Path) -> None:
    document = event(data.parents[1], size)

    done = given(document, here)

    assert (done.returncode, done.stdout, done.stderr) == (0, KEPT, b"")
    assert kept(data) == [document]
    log = data / "worker.log"
    wait_for(log.read_text, what="the worker")
    assert log.read_text() == f"{['--worker', str(data)]}\n"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("word", ["hookContext", "Dir"])
def test_what_is_no_event_or_names_no_folder_is_handed_on_whole(
    word: str, size: int, here: Path, data: Path
) -> None:
    document = event(data.parents[1], size).replace(word.encode(), b"other")

    done = given(document, here)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"handed on: " + document, b"")
    assert kept(data) == []
    assert list(here.parent.rglob("worker.*")) == []


def test_an_event_goes_where_the_plugin_s_own_folder_is_the_only_place(here: Path) -> None:
    document = event(here / "no such folder")
    assert given(document, here).stdout == KEPT
    assert kept(here / "data") == [document]


def test_an_event_that_can_be_kept_nowhere_is_refused_with_a_remedy(tmp_path: Path) -> None:
    done = given(event(tmp_path / "none"), tmp_path / "nowhere")

    assert (done.returncode, done.stderr) == (1, b"")
    reply = json.loads(done.stdout)
    assert list(reply) == ["error"]
    assert reply["error"].startswith("PlexSync could not keep this event: [Errno 2]")
    assert reply["error"].endswith("; free disk space or make the folder writable, then save again")
    assert done.stdout.count(b"\n") == 1


def test_an_event_is_kept_though_the_worker_cannot_be_started(here: Path, data: Path) -> None:
    (data / "worker.log").mkdir()
    document = event(data.parents[1])

    done = given(document, here)

    assert (done.returncode, done.stdout) == (0, KEPT)
    assert kept(data) == [document]
    words = b"\x01e\x02PlexSync kept the event but cannot start its worker: "
    assert done.stderr.startswith(words)
    assert done.stderr.endswith(b"\n")
