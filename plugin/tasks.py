"""Tasks: put a command into the inbox, then watch the worker and move Stash's progress bar.

A task holds an OS lock for its run. Stop in Stash is SIGKILL: the lock is freed without a word and
the worker drops what the task asked for. A task never sits on Stash's only job slot while the
worker waits for something: it says what waits, lets its run go on alone, and ends.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import replace
from pathlib import Path

from errors import NotKeptError, NoWorkerError
from mirror.view import read_meta
from plugin.operations import send
from plugin.protocol import progress, say
from plugin.status import describe, describe_pause, worker_lives
from stash.call import Call, Command
from sync_queue import host
from sync_queue.inbox import start_worker
from worker.gate import META as GATE
from worker.gate import PERSON, SETUP, read_hold
from worker.state import RUN_LOCKS, RunState, State, lock_path, read_state

TASKS = (
    "sync_all",
    "sync_recent",
    "process",
    "rewrite_all",
    "retry_failed",
    "clear_caches",
    "preview_all",
    "detect_mapping",
    "undo_last",
)
# What the worker calls them, where that is another word.
_COMMANDS = {
    "preview_all": Command(mode="preview"),
    "detect_mapping": Command(mode="detect_paths"),
    "undo_last": Command(mode="undo", of="last"),
}
NOT_HELD = {"preview", "detect_paths", "clear_caches"}  # these write nothing to Plex
HELD = {
    PERSON: "A person paused PlexSync",
    SETUP: "The set-up is open, and nothing is written to Plex until it is finished",
}
NOTHING_YET = "Nothing was saved since PlexSync was installed"
LOOK_SECONDS = 0.25
WORKER_SECONDS = 15.0  # without a worker for so long another one is started
MOST_STARTS = 2
LINGER_SECONDS = 0.05  # lines written just before the exit may be lost


def show_status(folder: Path | None, _command: Command | None = None) -> str:
    """Write the state into Stash's log; starts nothing, writes nothing else."""
    lines = describe(folder, with_names=False) if folder else [NOTHING_YET]
    for line in lines:
        say(line)
    time.sleep(LINGER_SECONDS)
    return lines[0]


def run_task(call: Call, command: Command, folder: Path, here: str) -> str:
    """Run one task to its end, or until the worker has to wait; the sentence that sums it up.

    Raises:
        NotKeptError: The command could not be written.
        NoWorkerError: No worker lives, and none can be started.
    """
    wanted = _COMMANDS.get(command.mode, command)
    run = replace(wanted, run=f"{wanted.mode}-{uuid.uuid4().hex}")
    (folder / RUN_LOCKS).mkdir(mode=0o700, exist_ok=True)
    path = lock_path(folder, run.run)
    lock = host.hold(path)
    if lock is None:
        raise NotKeptError(f"the lock {path} cannot be held", remedy="try again")
    try:
        send(call, run, folder, here)
        summary = _watch(call, run, folder, here)
    finally:
        host.let_go(lock)
        Path(path).unlink(missing_ok=True)
    say(summary)
    time.sleep(LINGER_SECONDS)
    return summary


def _watch(call: Call, run: Command, folder: Path, here: str) -> str:
    """Follow the run until it is finished or has to wait; the last line.

    Raises:
        NoWorkerError: No worker lives, and none can be started.
    """
    began = alive = time.monotonic()
    asked = time.time()
    starts = 0
    while True:
        state = read_state(folder)
        mine = state.runs.get(run.run) if state else None
        if mine:
            progress(_fraction(mine))
            if mine.finished is not None:
                for line in mine.lines:
                    say(line)
                return _summary(mine)
        if worker_lives(folder):
            alive = time.monotonic()
            is_heard = mine is not None or alive - began > WORKER_SECONDS
            why = _why_it_waits(folder, run, state) if is_heard else ""
            if why:
                return _leave(call, run, folder, here, why, mine)
        elif state and state.pause and state.since > asked:
            raise NoWorkerError(state.pause.message)  # written by one that could not start
        elif time.monotonic() - alive > WORKER_SECONDS:
            if starts == MOST_STARTS:
                raise NoWorkerError("no worker can be started", remedy="see worker.log for why")
            start_worker(str(folder), here)
            starts += 1
            alive = time.monotonic()
        time.sleep(LOOK_SECONDS)


def _why_it_waits(folder: Path, run: Command, state: State | None) -> str:
    """Why nothing of the run is done for now; "" while something is."""
    if state and state.pause:
        return describe_pause(state.pause)
    hold = read_hold(read_meta(folder / "ledger.db", GATE))
    return "" if run.mode in NOT_HELD else HELD.get(hold.by(time.time()), "")


def _leave(
    call: Call, run: Command, folder: Path, here: str, why: str, mine: RunState | None
) -> str:
    """End without Stop: the worker learns of it before the lock is freed."""
    send(call, Command(mode="let_go", run=run.run), folder, here)
    left = f"{mine.total - mine.done} scenes wait" if mine and mine.total else "It waits"
    return f"{why}. {left} and will be synced as soon as that is over; nothing else has to be done"


def _fraction(run: RunState) -> float:
    if run.finished is not None:
        return 1.0
    return run.done / run.total if run.total else 0.0


def _summary(run: RunState) -> str:
    """One line: what the run did, in numbers."""
    seconds = (run.finished or run.started) - run.started
    if run.mode == "clear_caches":
        return "Caches cleared; resting scenes are looked for again"
    if run.mode == "detect_paths":
        return f"Path mappings were looked for in {seconds:.1f} s; nothing was changed"
    if run.mode == "undo":
        return f"{run.done} scenes in {seconds:.1f} s: {run.counts.get('undone', 0)} undone"
    kinds = ("changed", "unchanged", "not_in_plex", "ambiguous", "failed")
    parts = [f"{run.counts.get(kind, 0)} {kind.replace('_', ' ')}" for kind in kinds]
    parts[2] = parts[2].replace("not in plex", "not in Plex")
    others = run.done - sum(run.counts.get(kind, 0) for kind in kinds)
    if others > 0:
        parts.append(f"{others} otherwise done")
    would = "would be: " if run.mode == "preview" else ""
    return f"{run.done} scenes in {seconds:.1f} s: {would}{', '.join(parts)}"
