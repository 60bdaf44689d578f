"""Who starts the worker: exactly one of many, and nobody while one lives."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from filelock import FileLock

from sync_queue import host, inbox
from tests.waiting import wait_for

if sys.platform != "win32":
    import fcntl


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


def test_the_worker_runs_apart_and_what_it_complains_of_is_appended_to_its_log(
    tmp_path: Path,
) -> None:
    (tmp_path / "PlexSync.py").write_text(
        "import os, sys\n"
        "told = [sys.flags.isolated, sys.flags.no_site, sys.argv, sys.stdin.read()]\n"
        "told += [os.fstat(1).st_rdev == os.stat(os.devnull).st_rdev, os.getpid(), os.getsid(0)]\n"
        "print('written to nobody', flush=True)\n"
        "print(*told, sep='\\n', file=sys.stderr, flush=True)\n"
    )
    log, ticket = tmp_path / "worker.log", tmp_path / "worker.start"
    log.write_text("before\n")

    assert inbox.start_worker(str(tmp_path), str(tmp_path))

    wait_for(lambda: log.read_text().count("\n") == 8, what="the worker's end")
    os.waitpid(pid := int(ticket.read_text()), 0)
    arguments = [str(tmp_path / "PlexSync.py"), "--worker", str(tmp_path)]
    assert log.read_text().split("\n") == (
        ["before", "1", "1", str(arguments), "", "True", str(pid), str(pid), ""]
    )


def test_a_log_that_the_worker_makes_is_its_owners_alone(plugin: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert inbox.start_worker(str(data), str(plugin))
    wait_for(lambda: started(data), what="the worker")
    modes = {stat.S_IMODE((data / name).stat().st_mode) for name in ("worker.log", "worker.start")}
    assert modes == {0o600}
    assert (data / "worker.start").read_text() == started(data)[0]


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


@pytest.mark.parametrize(
    ("age", "starts"), [(0, False), (8, False), (12, True), (-8, False), (-12, True)]
)
def test_a_ticket_of_a_process_that_lives_counts_for_seconds_whatever_the_clock_did(
    age: float, starts: bool, plugin: Path, tmp_path: Path
) -> None:
    """A ticket from the future was written before the clock was set back."""
    data = tmp_path / "data"
    ticket = data / "worker.start"
    ticket.write_text(str(os.getpid()))
    born = ticket.stat().st_mtime - age
    os.utime(ticket, (born, born))

    assert inbox.start_worker(str(data), str(plugin)) is starts

    if starts:
        wait_for(lambda: started(data), what="the worker")


def test_a_start_that_fails_keeps_the_ticket_of_who_tried(plugin: Path, tmp_path: Path) -> None:
    """So that sixty hooks in a row do not all fail at it, and the next minute's one tries anew."""
    data = tmp_path / "data"
    (data / "worker.log").mkdir()
    with pytest.raises(OSError, match="director"):
        inbox.start_worker(str(data), str(plugin))
    assert (data / "worker.start").read_text() == str(os.getpid())
    assert not inbox.start_worker(str(data), str(plugin))


@pytest.mark.parametrize("text", ["", "no number", "1234x"])
def test_a_ticket_that_names_nobody_counts_by_its_age(
    text: str, plugin: Path, tmp_path: Path
) -> None:
    (tmp_path / "data" / "worker.start").write_text(text)
    assert not inbox.start_worker(str(tmp_path / "data"), str(plugin))


def test_the_worker_takes_its_ticket_back_and_may_do_so_twice(tmp_path: Path) -> None:
    (tmp_path / "worker.start").touch()
    inbox.drop_ticket(str(tmp_path))
    inbox.drop_ticket(str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_ticket_that_was_taken_back_is_not_written_again(tmp_path: Path) -> None:
    inbox.keep_ticket(str(tmp_path))
    assert list(tmp_path.iterdir()) == []


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
    assert (data / "worker.start").read_bytes() == b""
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


def test_somebody_else_s_lock_file_stays_readable_for_nobody_else(tmp_path: Path) -> None:
    probed, held = tmp_path / "probed", tmp_path / "held"
    assert not host.is_held(str(probed))
    handle = host.hold(str(held))
    assert handle is not None
    assert [stat.S_IMODE(path.stat().st_mode) for path in (probed, held)] == [0o600] * 2
    host.let_go(handle)


@pytest.mark.skipif(sys.platform == "win32", reason="on Windows a probe is a lock like others")
def test_probes_do_not_see_each_other(tmp_path: Path) -> None:
    """Sixty hooks at once must not take one another for a worker."""
    path = tmp_path / "lock"
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        assert not host.is_held(str(path))
        assert host.hold(str(path)) is None


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts by way of /proc")
def test_descriptors_are_closed_whether_a_lock_is_free_or_taken(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    handle = host.hold(path)
    assert handle is not None
    before = open_descriptors()
    assert host.is_held(path)
    assert host.hold(path) is None
    assert open_descriptors() == before
    host.let_go(handle)
    assert not host.is_held(path)
    assert open_descriptors() == before - 1


def test_who_lives_is_told_from_who_is_gone() -> None:
    child = os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {})
    assert host.is_alive(child)  # also as long as nobody asked how it ended
    os.waitpid(child, 0)
    assert not host.is_alive(child)
    assert host.is_alive(os.getpid())
