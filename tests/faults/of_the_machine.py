"""Faults of the machine: kills at each step, a full disk, folders that go, clocks that jump."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sync_queue.jobs import JobQueue, Priority
from tests.faults.fault import Fault
from tests.faults.stage import Stage
from tests.torture.processes import lock_holders, workers_of
from tests.torture.steps import at_edit, hook_of, kill_worker, let_ticket_expire
from tests.waiting import wait_for

if sys.platform == "linux":
    import resource

KILLS, DISK, CLOCK = "The worker is killed", "Disk and files", "The clock"
OFF = "off"
CLOCKED = Path(__file__).with_name("clocked_worker.py")


def _wake(stage: Stage) -> None:
    """The next save, task or visit of the page starts a worker."""
    let_ticket_expire(stage.world)
    stage.world.operation(mode="wake")


def _ended(stage: Stage) -> None:
    wait_for(lambda: not workers_of(stage.world.data), what="the end of the worker")


# Kills


def _die_before_the_write(stage: Stage) -> None:
    def die() -> None:
        kill_worker(stage.world)
        raise ConnectionAbortedError("the edit is not carried out")

    at_edit(stage.world, 2, die)


def _die_after_the_write(stage: Stage) -> None:
    at_edit(stage.world, 2, lambda: kill_worker(stage.world))


def _die_while_reading(kind: str, paths: str, stage: Stage) -> None:
    """The next save is read in vain: the worker is killed while it waits for the answer."""
    plex = stage.world.plex
    plex.faults.set("hang", methods={"GET"}, paths=paths)
    seen = len(plex.requests)
    stage.edit_all()
    wait_for(lambda: [one for one in plex.requests[seen:] if one.kind == kind], what="the read")
    kill_worker(stage.world)
    plex.faults.clear()


def _die_at_once(stage: Stage) -> None:
    stage.edit_all()
    kill_worker(stage.world)


def _die_before_the_lock(stage: Stage) -> None:
    world = stage.world
    world.end_worker()
    stage.edit_all()
    for pid in wait_for(lambda: workers_of(world.data), what="the worker's process"):
        _kill(pid)
    _ended(stage)


def _die_with_the_lock(stage: Stage) -> None:
    world = stage.world
    world.end_worker()
    stage.edit_all()
    for pid in wait_for(lambda: lock_holders(world.data / "worker.lock"), what="the lock"):
        _kill(pid)
    _ended(stage)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 9)


def _leave_jobs_in_hand(stage: Stage) -> None:
    """What a worker leaves that was killed after the ledger's commit and before the queue's."""
    stage.edit_all()
    stage.wait_until_right()
    stage.world.settle()
    stage.world.end_worker()
    queue = JobQueue(stage.world.data / "queue")
    queue.put_many([one.scene for one in stage.subjects], now=0.0, priority=Priority.SAVE)
    queue.claim(now=1.0, limit=50)
    queue.close()


def _leave_the_inbox(stage: Stage) -> None:
    """What a worker leaves that was killed after the queue's commit: the file once more."""
    stage.edit_all()
    stage.wait_until_right()
    stage.world.settle()
    stage.world.end_worker()
    left = hook_of(stage.world, stage.subjects[0].scene)
    (stage.world.data / "inbox" / "00000000000000000001-1.json").write_bytes(left)


def _kill_row(
    name: str, begin: Callable[[Stage], None], *, saves: bool, quick: bool = False
) -> Fault:
    return Fault(
        group=KILLS, name=name, begin=begin, end=_wake, sees=OFF, saves=saves, is_quick=quick
    )


# Disk and files


def _fill_disk(stage: Stage) -> None:
    """A limit on the size of files makes every write fail, as a full disk does."""
    _limit(stage, 10)


def _free_disk(stage: Stage) -> None:
    _limit(stage, resource.RLIM_INFINITY)


def _limit(stage: Stage, size_bytes: int) -> None:
    pid = stage.world.worker_pid()
    hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
    soft = hard if size_bytes == resource.RLIM_INFINITY else size_bytes
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


def _lose_folder(stage: Stage) -> None:
    """Queue, ledger and caches go while the worker lives; it cannot be told from a lost mount."""
    stage.forgets = True
    shutil.rmtree(stage.world.data)


def _damage(name: str, stage: Stage) -> None:
    world = stage.world
    stage.forgets = name == "ledger.db"  # the copy of the day may be older than the last tags
    world.settle()
    kill_worker(world)
    path = world.data / name
    path.write_bytes(b"no database " * 1000)
    path.with_name(f"{path.name}-wal").unlink(missing_ok=True)


def _forget_file(name: str, stage: Stage) -> None:
    world = stage.world
    world.end_worker()
    for path in (world.data / name).parent.glob(f"{Path(name).name}*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _come_from_the_future(stage: Stage) -> None:
    """A file that a newer version wrote, until that version is installed again."""
    stage.world.end_worker()
    _set_version(stage, 99)


def _set_version(stage: Stage, version: int) -> int:
    with contextlib.closing(sqlite3.connect(stage.world.data / "ledger.db")) as connection:
        [before] = connection.execute("PRAGMA user_version").fetchone()
        connection.execute(f"PRAGMA user_version = {version:d}")
    return int(before)


# The clock


def _run_on_a_clock(stage: Stage) -> None:
    """A worker whose wall clock goes by a file: `time.time` of its process, and nothing of ours."""
    world = stage.world
    world.end_worker()
    plugin = world.config / "plugins" / "PlexSync"
    subprocess.Popen(  # it ends as every worker does, and `World` sees that it has
        [sys.executable, str(CLOCKED), str(plugin), str(world.data), str(_offset_file(stage))],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: lock_holders(world.data / "worker.lock"), what="the worker on its clock")
    world.operation(mode="wake")
    world.settle()


def _offset_file(stage: Stage) -> Path:
    return stage.world.folder / "clock"


def _jump(seconds: float, stage: Stage) -> None:
    """Jump while jobs wait for their next attempt."""
    _run_on_a_clock(stage)
    stage.world.plex.faults.set("garbage", methods={"PUT"})
    stage.edit_all()
    wait_for(lambda: stage.status()["counts"]["retrying"], what="a job that waits")
    _offset_file(stage).write_text(str(seconds))


def _clear(stage: Stage) -> None:
    stage.world.plex.faults.clear()


FAULTS = [
    _kill_row("right after the saves", _die_at_once, saves=False, quick=True),
    _kill_row(
        "while it looks for what Plex has",
        partial(_die_while_reading, "metadata", "^/library/metadata/"),
        saves=False,
    ),
    _kill_row("between its note of a write and the write", _die_before_the_write, saves=True),
    _kill_row("between a write and its confirmation", _die_after_the_write, saves=True),
    _kill_row("between the ledger's commit and the queue's", _leave_jobs_in_hand, saves=False),
    _kill_row("between the queue's commit and the inbox", _leave_the_inbox, saves=False),
    _kill_row("before it holds the lock", _die_before_the_lock, saves=False),
    _kill_row("right after it took the lock", _die_with_the_lock, saves=False),
    Fault(
        group=DISK,
        name="the disk is full for the worker",
        begin=_fill_disk,
        end=_free_disk,
        sees="not_kept",
    ),
    Fault(
        group=DISK,
        name="the data folder is gone",
        begin=_lose_folder,
        then=_wake,
    ),
    *(
        Fault(group=DISK, name=f"{what} is damaged", begin=partial(_damage, name), then=_wake)
        for what, name in (
            ("the queue", "queue/data.db"),
            ("the ledger", "ledger.db"),
        )
    ),
    *(
        Fault(group=DISK, name=f"{what} is lost", begin=partial(_forget_file, name), then=_wake)
        for what, name in (("the queue", "queue"), ("the cache of matches", "match_cache"))
    ),
    Fault(
        group=CLOCK,
        name="it is set back by a day while jobs wait",
        begin=partial(_jump, -86_400.0),
        end=_clear,
        sees="retrying",
        saves=False,
    ),
    Fault(
        group=CLOCK,
        name="it is set forward by a day while jobs wait",
        begin=partial(_jump, 86_400.0),
        end=_clear,
        sees="retrying",
        saves=False,
    ),
]
