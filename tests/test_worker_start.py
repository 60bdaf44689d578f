"""Who starts the worker: exactly one of many, and nobody while one lives."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from filelock import FileLock

from sync_queue import host, inbox
from tests.waiting import wait_for

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="its worker locks with flock, in a session of its own"
)


@pytest.fixture
def plugin(tmp_path: Path) -> Iterator[Path]:
    """A plugin whose worker notes its start and holds the lock until a file appears."""
    here = tmp_path / "plugin"
    here.mkdir()
    (here / "PlexSync.py").write_text(
        "import fcntl, os, pathlib, sys, time\n"
        "data = pathlib.Path(sys.argv[2])\n"
        "with open(data / 'started', 'a') as note: note.write(f'{os.getpid()}\\n')\n"
        "lock = open(data / 'worker.lock', 'a'); fcntl.flock(lock, fcntl.LOCK_EX)\n"
        "while not (data / 'end').exists(): time.sleep(0.01)\n"
    )
    (tmp_path / "data").mkdir()
    yield here
    (tmp_path / "data" / "end").touch()
    for pid in started(tmp_path / "data"):
        with suppress(ChildProcessError):  # only those that this process started itself
            os.waitpid(int(pid), 0)


def started(data: Path) -> list[str]:
    note = data / "started"
    return note.read_text().split() if note.exists() else []


def test_the_first_caller_starts_a_worker_and_the_next_does_not(
    plugin: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    assert inbox.start_worker(str(data), str(plugin))
    assert not inbox.start_worker(str(data), str(plugin))
    wait_for(lambda: started(data), what="the worker")


def test_the_worker_holds_none_of_the_callers_pipes(plugin: Path, tmp_path: Path) -> None:
    """A grandchild with stdout open blocks the user's save for its whole life."""
    data = tmp_path / "data"
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from sync_queue import inbox; inbox.start_worker(sys.argv[2], sys.argv[3])"
    )
    root = str(Path(__file__).parents[1])
    subprocess.run(
        [sys.executable, "-c", code, root, str(data), str(plugin)],
        capture_output=True,  # returns only when both pipes are closed
        timeout=10,
        check=True,
    )
    pid = int(wait_for(lambda: started(data), what="the worker")[0])
    assert os.getsid(pid) == pid


def test_while_somebody_holds_the_lock_nobody_is_started(plugin: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with FileLock(data / "worker.lock"):
        assert not inbox.start_worker(str(data), str(plugin))
    assert not (data / "worker.start").exists()


def test_a_ticket_of_a_killed_spawner_expires(plugin: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    ticket = data / "worker.start"
    ticket.touch()
    assert not inbox.start_worker(str(data), str(plugin))
    old = ticket.stat().st_mtime - inbox.TICKET_SECONDS - 1
    os.utime(ticket, (old, old))
    assert inbox.start_worker(str(data), str(plugin))
    wait_for(lambda: started(data), what="the worker")


def test_a_ticket_of_a_process_that_is_gone_blocks_nobody(plugin: Path, tmp_path: Path) -> None:
    """A spawner that is killed before the worker runs must leave no event without a worker."""
    data = tmp_path / "data"
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    (data / "worker.start").write_bytes(gone.stdout.strip())
    assert inbox.start_worker(str(data), str(plugin))
    wait_for(lambda: started(data), what="the worker")


def test_a_worker_that_could_not_start_keeps_others_from_trying_for_some_seconds(
    plugin: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    (data / "worker.start").write_text("1")
    inbox.keep_ticket(str(data))
    assert not inbox.start_worker(str(data), str(plugin))


def test_the_probe_sees_the_lock_that_filelock_holds(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    lock = FileLock(path)
    with lock:
        assert host.is_held(str(path))
    assert not host.is_held(str(path))


def test_filelock_sees_the_lock_that_a_task_holds(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    handle = host.hold(str(path))
    assert handle is not None
    assert host.is_held(str(path))
    assert host.hold(str(path)) is None
    host.let_go(handle)
    assert not host.is_held(str(path))
