"""The worker process from its start to its end: lock, log, loop, and the look back.

The lock is probed by every hook. Whoever ends looks at the inbox once more after giving it up: an
event that came in between would otherwise wait for the next hook.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from pathlib import Path

from filelock import FileLock, Timeout

from errors import DamagedError, PlexSyncError
from sync_queue.inbox import drop_ticket, keep_ticket, start_worker
from worker.arrivals import Inbox
from worker.ending import End
from worker.foreign import where
from worker.log import log_to
from worker.loop import Worker
from worker.state import show_why

log = logging.getLogger("PlexSync.worker")

LOCK_SECONDS = 1.5  # a hook's probe holds the lock for an instant
# The threads that write wait for answers most of the time. At Python's own 5 ms each of them would
# wait longer for its turn beside the one that decides than for Plex.
SWITCH_SECONDS = 0.0005


def run_worker(folder: Path, here: Path) -> int:
    """Be the worker of a data folder until there is a reason to end; the exit code.

    Args:
        folder: The data folder, absolute.
        here: The plugin's folder, absolute.
    """
    os.umask(0o077)
    sys.setswitchinterval(SWITCH_SECONDS)
    os.chdir(folder)  # keep nobody's folder busy
    log_to(folder / "worker.log")
    is_after_damage = False
    while True:
        lock = FileLock(folder / "worker.lock", mode=0o600)
        try:
            lock.acquire(timeout=LOCK_SECONDS, poll_interval=0.02)
        except Timeout:
            return 0  # another one lives
        try:
            end = _serve(folder, here, is_after_damage=is_after_damage)
        finally:
            seen = _waiting(folder)
            lock.release()
        is_after_damage = end is None
        if end is None:
            continue
        log.info("the worker ends: %s", end.value)
        if end is End.REPLACED and (here / "PlexSync.py").exists():
            start_worker(str(folder), str(here))
            return 0
        is_unwanted = end in {End.DISABLED, End.ASKED, End.FOLDER_GONE}
        if is_unwanted or _waiting(folder) <= seen:
            return 0


def _waiting(folder: Path) -> set[str]:
    """What waits in the inbox; nothing where the folder is gone."""
    try:
        return Inbox(folder).names()
    except OSError:
        return set()


def _serve(folder: Path, here: Path, *, is_after_damage: bool) -> End | None:
    """Work until there is a reason to end; None when a file turned out damaged."""
    try:
        worker = Worker(folder, here, is_after_damage=is_after_damage)
    except PlexSyncError as error:
        keep_ticket(str(folder))  # so that not every hook starts a worker in vain
        log.error("the worker cannot start: %s", error)  # noqa: TRY400 - said for a person
        show_why(folder, error)
        raise
    drop_ticket(str(folder))
    signal.signal(signal.SIGTERM, lambda *_: worker.ask_to_end())
    try:
        log.info("the worker starts (pid %d)", os.getpid())
        end = worker.run()
        if end is End.REPLACED:
            worker.hand_over()
    except DamagedError as error:
        log.warning("%s; it is built anew", error)
        return None
    except BaseException as error:
        log.error("the worker ends by an error; the next hook starts another: %s", where(error))  # noqa: TRY400 - its text may hold names
        raise
    else:
        return end
    finally:
        worker.close()
