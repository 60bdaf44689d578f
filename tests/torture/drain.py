"""The end of all trouble: everything that was kept is done, within a bounded time."""

from __future__ import annotations

import time
from pathlib import Path

from sync_queue.queue_status import Counts, read_counts
from tests.torture.editors import rename, save_as_it_is
from tests.torture.hooks import wake
from tests.torture.stage import Stage
from tests.waiting import wait_for

TURNS_OF_A_LOOK = 3  # it hears of it, looks, and is at the end of that


def end_trouble(stage: Stage) -> None:
    """Make both servers well again."""
    faults = stage.world.stash.faults
    faults.down = faults.locked = False
    faults.status = None
    stage.world.plex.faults.clear()


def drain(stage: Stage) -> None:
    """Wake the worker until nothing waits any more, and it finds nothing by itself either.

    What it looks for beside the events, such as what Plex changed, may bring jobs into an empty
    queue.
    """
    began = time.monotonic()

    def is_done() -> bool:
        if stage.watch.holder is None:
            wake(stage)
        return (
            is_empty(stage) and stage.watch.holder is not None and has_looked() and is_empty(stage)
        )

    def has_looked() -> bool:
        for _ in range(TURNS_OF_A_LOOK):
            stage.world.await_turn()
        return True

    try:
        wait_for(is_done, what="an empty queue", seconds=stage.options.drain_seconds)
    except AssertionError as error:
        stage.violated(f"{error}; {queue_counts(stage)}, inbox {inbox(stage)[:5]}")
    stage.count("seconds to drain", round(time.monotonic() - began))


def amend(stage: Stage) -> None:
    """Save what only killed hooks spoke of: a later hook promises it."""
    for subject in stage.subjects:
        if not subject.is_promised:
            save_as_it_is(stage, subject)
            stage.count("scenes saved again")
    for star in stage.stars:
        if not star.is_promised:
            rename(stage, star, kill_after=None)


def is_empty(stage: Stage) -> bool:
    """Whether neither queue nor inbox holds anything; dead letters are another matter."""
    if inbox(stage):  # looked at first: what leaves it is in the queue already
        return False
    counts = queue_counts(stage)
    return counts is not None and not counts.waiting and not counts.out


def queue_counts(stage: Stage) -> Counts | None:
    """How many jobs stand where."""
    return read_counts(stage.world.data / "queue", now=time.time())


def inbox(stage: Stage) -> list[str]:
    """The events and commands that nobody took yet."""
    return sorted(path.name for path in Path(stage.world.data / "inbox").glob("*.json"))
