"""The worker processes of one data folder, seen from outside: who lives, who holds the lock.

Linux only: it reads `/proc`. Every pid is compared with the command line of a worker of this very
folder before anything is sent to it.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

from tests.waiting import wait_for

LOOK_SECONDS = 0.005
LIST_SECONDS = 0.1
LINGER_SECONDS = 15.0  # a worker that found another one has ended long before


def workers_of(folder: Path) -> set[int]:
    """The live processes that were started as the worker of a data folder, locked or not."""
    return {pid for pid in _pids() if is_worker(pid, folder) and is_alive(pid)}


def is_worker(pid: int, folder: Path) -> bool:
    """Whether this process was started as the worker of this folder."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    if b"--worker" not in words[:-1]:
        return False
    named = words[words.index(b"--worker") + 1]
    return Path(os.fsdecode(named)).resolve() == folder.resolve()


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be reaped does not."""
    return _state_and_parent(pid)[0] not in {"", "Z", "X"}


def zombies() -> list[int]:
    """Processes that we started, that ended, and that we never reaped."""
    return [pid for pid in _pids() if _state_and_parent(pid) == ("Z", os.getpid())]


def lock_holders(lock: Path) -> set[int]:
    """The processes that hold a lock file for themselves, as the kernel lists them."""
    try:
        inode = lock.stat().st_ino
        table = Path("/proc/locks").read_text()
    except OSError:
        return set()
    rows = [line.split() for line in table.splitlines()]
    return {
        int(row[4])
        for row in rows
        if row[1] == "FLOCK" and row[3] == "WRITE" and row[5].rpartition(":")[2] == str(inode)
    }


def kill(pid: int, folder: Path) -> bool:
    """SIGKILL to a worker of this folder, and wait for its end; False when it had ended."""
    if not is_worker(pid, folder):
        return False
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not is_alive(pid), what=f"the end of worker {pid}")
    return True


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 - 20x/s


def _state_and_parent(pid: int) -> tuple[str, int]:
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "", 0
    return words[0], int(words[1])


class Watch:
    """Looks at the lock two hundred times a second, and at the processes ten times.

    Attributes:
        holder: Who holds the lock; None for nobody.
        since: Since when, in Unix seconds.
        seen: Every process that ever held it, in order.
        most_at_once: The highest number of processes that held it together.
        trouble: What must not be, a sentence each.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._first_seen: dict[int, float] = {}
        self._inodes: set[int] = set()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch")
        self.holder: int | None = None
        self.since = 0.0
        self.seen: list[int] = []
        self.most_at_once = 0
        self.trouble: list[str] = []

    @property
    def lock(self) -> Path:
        """The worker's lock file."""
        return self._folder / "worker.lock"

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._is_over.set()
        self._thread.join()

    def starting(self) -> set[int]:
        """Workers that live and do not hold the lock yet, or no more."""
        return workers_of(self._folder) - {self.holder or 0}

    def is_of_a_dead_worker(self, sent: float) -> bool:
        """Whether what was sent at this time came from another worker than the one of now."""
        return self.holder is None or not is_alive(self.holder) or self.since > sent

    def _run(self) -> None:
        listed = 0.0
        while not self._is_over.wait(LOOK_SECONDS):
            self._look()
            if time.monotonic() - listed > LIST_SECONDS:
                listed = time.monotonic()
                self._list(listed)

    def _look(self) -> None:
        holders = lock_holders(self.lock)
        self.most_at_once = max(self.most_at_once, len(holders))
        if len(holders) > 1:
            self.trouble.append(f"several processes hold the worker's lock: {sorted(holders)}")
        holder = min(holders, default=None)
        if holder is not None and holder != self.holder:
            self.since = time.time()
            self.seen.append(holder)
        self.holder = holder

    def _list(self, now: float) -> None:
        with suppress(FileNotFoundError):
            self._inodes.add(self.lock.stat().st_ino)
        if len(self._inodes) > 1:
            self.trouble.append("worker.lock was replaced, so that two workers could hold it")
        idle = self.starting()
        self._first_seen = {pid: self._first_seen.get(pid, now) for pid in idle}
        for pid, since in self._first_seen.items():
            if now - since > LINGER_SECONDS and is_alive(pid) and pid != self.holder:
                self.trouble.append(f"worker {pid} lives without the lock")
                self._first_seen[pid] = now
