"""The state as a person or the page asks for it: read, never asked of the worker, never written."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from errors import BadCallError, PlexSyncError
from mirror.journal import read_events
from sync_queue.host import is_held
from sync_queue.queue_status import Counts, DeadLetter, read_counts, read_dead_letters
from worker.state import RESULTS, Pause, State, read_state

FAILED_SHOWN = 50
EVENTS_SHOWN = 50


def worker_lives(folder: Path) -> bool:
    """Whether a worker holds the lock; makes nothing, starts nothing."""
    lock = folder / "worker.lock"
    return lock.exists() and is_held(str(lock))


def read_status(folder: Path | None) -> dict[str, object]:
    """Everything that is known about the queue, the worker and the scenes, as plain JSON.

    Args:
        folder: The data folder; None before the first use.
    """
    now = time.time()
    folder = folder or Path("/nonexistent")
    state = read_state(folder)
    arrived = len(list((folder / "inbox").glob("*.json")))
    # After the inbox: what leaves that is in the queue already, so nothing is shown as nowhere.
    counts, letters, trouble = _read_queue(folder, now)
    lives = worker_lives(folder)
    return {
        "worker": {
            "lives": lives,
            "since": state.since if state and lives else None,
            "pid": state.pid if state and lives else None,
            "version": state.version if state else "",
        },
        "pause": asdict(state.pause) if state and state.pause else None,
        "complaints": [*(state.complaints if state else ()), *trouble],
        "mapping": list(state.mapping) if state else [],
        "inbox": {
            "waiting": arrived,
            "unreadable": len(list((folder / "inbox" / "unreadable").glob("*"))),
        },
        "queue": _queue(counts),
        "speed": state.speed if state and counts and counts.due + counts.out else 0.0,
        "failed": [asdict(one) for one in letters],
        "scenes": dict(state.scenes) if state else {},
        "runs": [asdict(run) for run in state.runs.values()] if state else [],
        "outcomes": [asdict(one) for one in state.outcomes] if state else [],
        "events": [asdict(one) for one in read_events(folder / "ledger.db", limit=EVENTS_SHOWN)],
    }


def read_result(folder: Path | None, run: str) -> dict[str, object]:
    """What a preview, an undo or a detection came to, as far as it is known.

    Args:
        folder: The data folder; None before the first use.
        run: The id that was given back when it was asked for.

    Returns:
        "done"; how far it is, with the counts; and the whole "result" of what only looks.

    Raises:
        BadCallError: No run is called so.
    """
    state = read_state(folder) if folder else None
    mine = state.runs.get(run) if state else None
    path = folder / RESULTS / f"{run}.json" if folder and run else None
    result: object = None
    if path and path.exists():
        result = json.loads(path.read_bytes())
    if not run:
        raise BadCallError('"result" names no run', remedy='such as {"mode":"result","id":"..."}')
    return {
        "done": bool(mine and mine.finished is not None) or result is not None,
        "run": asdict(mine) if mine else None,
        "pause": asdict(state.pause) if state and state.pause else None,
        "result": result,
    }


def _read_queue(folder: Path, now: float) -> tuple[Counts | None, list[DeadLetter], list[str]]:
    """The queue's figures; what hinders reading them is shown instead of hiding the rest."""
    try:
        counts = read_counts(folder / "queue", now=now)
        return counts, read_dead_letters(folder / "queue", limit=FAILED_SHOWN), []
    except PlexSyncError as error:
        return None, [], [str(error)]


def _queue(counts: Counts | None) -> dict[str, object]:
    if counts is None:
        return {"waiting": 0, "due": 0, "delayed": 0, "next_due": None, "out": 0, "failed": {}}
    return {
        "waiting": counts.waiting,
        "due": counts.due,
        "delayed": counts.waiting - counts.due,
        "next_due": counts.next_due,
        "out": counts.out,
        "failed": dict(counts.failed_by_code),
    }


def describe(folder: Path) -> list[str]:
    """The same in sentences, for Stash's log."""
    state = read_state(folder)
    counts, _, trouble = _read_queue(folder, time.time())
    lines = [_worker_line(folder, state), *trouble]
    if state and state.pause:
        lines.append(describe_pause(state.pause))
    if counts:
        lines.append(
            f"Queue: {counts.due} due, {counts.waiting - counts.due} later, {counts.out} in hand, "
            f"{counts.failed} set aside"
        )
        lines += [f"  set aside: {n} x {code}" for code, n in counts.failed_by_code.items()]
    if state:
        lines += [f"Scenes {name}: {n}" for name, n in sorted(state.scenes.items())]
        lines += [f"Attention: {one}" for one in state.complaints]
        lines += [f"Paths: {one}" for one in state.mapping]
        if state.set_aside:
            lines.append(f"{state.set_aside} unreadable inbox files, see inbox/unreadable")
        lines += [f"  scene {one.scene_id}: {one.kind} {one.text}" for one in state.outcomes[-10:]]
    return lines


def _worker_line(folder: Path, state: State | None) -> str:
    if not worker_lives(folder) or state is None:
        return "No worker runs; the next save, task or visit of the page starts one"
    return f"The worker runs since {_clock(state.since)} (version {state.version or 'unknown'})"


def describe_pause(pause: Pause) -> str:
    """One sentence that says why everything waits."""
    return f"Waiting since {_clock(pause.since)}: {pause.message}"


def _clock(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S")
