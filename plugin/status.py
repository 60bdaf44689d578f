"""The state as a person or the page asks for it: read, never asked of the worker, never written."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from errors import PlexSyncError
from mirror.view import viewing
from plugin.light import Facts, light_of
from plugin.troubles import FOLDER_CODES, GROUPS, counts_of, needing, troubles_of
from stash.call import Command
from sync_queue.host import is_held
from sync_queue.queue_status import Counts, DeadLetter, read_counts, read_dead_letters
from worker.gate import META as GATE
from worker.gate import Hold, read_hold
from worker.modes import ASKING_MODES, LISTED_MODES, LOOKING_MODES
from worker.state import Outcome, Pause, RunState, State, read_state
from worker.version import version_of

FAILED_SHOWN = 50
EVENTS_SHOWN = 50
MANY_WRITTEN = 50  # fewer tell little of the time that a library takes
NOWHERE = Path("/nonexistent")
HERE = Path(__file__).parents[1]
# Outcomes whose text names fields, ids and servers, and nothing that is in Stash.
_TOLD_BY_ID = {"changed", "unchanged", "undone", "gone", "ignored", "merged", "retrying", "failed"}


class Kept(NamedTuple):
    """What the ledger says, at one moment."""

    states: dict[str, int]
    groups: dict[str, list[tuple[str, int]]]
    events: list[dict[str, object]]
    hold: Hold


def worker_lives(folder: Path) -> bool:
    """Whether a worker holds the lock; makes nothing, starts nothing."""
    lock = folder / "worker.lock"
    return lock.exists() and is_held(str(lock))


def read_status(folder: Path | None, _command: Command | None = None) -> dict[str, object]:
    """Everything that is known about the queue, the worker and the scenes, as plain JSON.

    Args:
        folder: The data folder; None before the first use.
    """
    now = time.time()
    folder = folder or NOWHERE
    state = read_state(folder)
    unreadable = len(list((folder / "inbox" / "unreadable").glob("*")))
    arrived = len(list((folder / "inbox").glob("*.json")))
    # After the inbox: what leaves that is in the queue already, so nothing is shown as nowhere.
    counts, letters, in_queue = _read_queue(folder, now)
    kept, in_ledger = _read_ledger(folder)
    lives = worker_lives(folder)
    complaints = [*(state.complaints if state else ()), *in_queue, *in_ledger]
    pause = state.pause if state else None
    run = _run_of(state) if lives else None
    told = _counts(kept, counts)
    stops = pause if lives or _is_start(pause) else None
    troubles = troubles_of(
        kept.states,
        lambda code, _limit: kept.groups.get(code, []),
        counts.failed_by_code if counts else {},
        (stops.code, stops.message) if stops else None,
        complaints,
        unreadable,
    )
    busy = arrived + (counts.due + counts.out if counts else 0)
    speed = state.speed if state and counts and counts.due + counts.out else 0.0
    light = light_of(
        Facts(
            lives=lives,
            pause=(pause.code, pause.message, pause.since) if pause else None,
            held=kept.hold.by(now),
            busy=busy,
            run=(run.mode, run.done, run.total) if run else None,
            counts={name: value for name, value in told.items() if isinstance(value, int)},
            needing=needing(troubles),
            complaints=len(complaints),
        )
    )
    setup = kept.hold.setup
    return {
        "light": light._asdict(),
        "worker": {
            "lives": lives,
            "since": state.since if state and lives else None,
            "pid": state.pid if state and lives else None,
            "version": state.version if state else "",
        },
        "version": version_of(HERE),
        "pause": asdict(pause) if pause else None,
        "held": kept.hold.by(now) or None,
        "complaints": complaints,
        "mapping": list(state.mapping) if state else [],
        "counts": told,
        "troubles": [asdict(one) for one in troubles],
        "inbox": {
            "waiting": arrived,
            "unreadable": unreadable,
        },
        "queue": _queue(counts),
        "speed": speed,
        "seconds_left": _seconds_left(run, speed),
        "rate": _rate(state),
        "failed": [asdict(one) for one in letters],
        "scenes": kept.states,
        "runs": [asdict(one) for one in state.runs.values()] if state else [],
        "outcomes": [asdict(one) for one in state.outcomes] if state else [],
        "events": kept.events,
        "setup": {
            "is_open": setup.is_open_at(now),
            "is_done": setup.is_done,
            "step": setup.step if setup.is_open_at(now) else "",
        },
        "moves": _moves(busy, run, is_waiting=bool(pause or kept.hold.by(now))),
    }


def _is_start(pause: Pause | None) -> bool:
    """Whether a worker said why it could not even start."""
    return pause is not None and pause.code in {"no_worker", "not_installed", "newer_schema"}


def _run_of(state: State | None) -> RunState | None:
    """The newest run that goes on."""
    runs = [one for one in state.runs.values() if one.finished is None] if state else []
    return runs[-1] if runs else None


def _moves(busy: int, run: RunState | None, *, is_waiting: bool) -> bool:
    """Whether it is worth to ask again soon: nothing that waits for somebody moves."""
    if is_waiting:
        return bool(run and run.mode in LOOKING_MODES | ASKING_MODES)
    return bool(busy or run)


def _seconds_left(run: RunState | None, speed: float) -> float | None:
    if run is None or not run.total or speed <= 0:
        return None
    return round(max(run.total - run.done, 0) / speed, 1)


def _rate(state: State | None) -> float | None:
    """How many scenes the last run that wrote many wrote each second."""
    for run in reversed([*state.runs.values()] if state else []):
        written = run.counts.get("changed", 0)
        if run.mode in LISTED_MODES and run.finished and written >= MANY_WRITTEN:
            return round(written / max(run.finished - run.started, 1.0), 1)
    return None


def _counts(kept: Kept, counts: Counts | None) -> dict[str, object]:
    waiting = counts.waiting + counts.out - counts.retrying if counts else 0
    return {
        **counts_of(kept.states),
        "waiting": waiting,
        "retrying": counts.retrying if counts else 0,
        "next_retry": counts.next_retry if counts else None,
        "failed": counts.failed if counts else 0,
    }


def _read_ledger(folder: Path) -> tuple[Kept, list[str]]:
    """What the ledger says; what hinders reading it is shown instead of hiding the rest."""
    nothing = Kept({}, {}, [], Hold())
    try:
        with viewing(folder / "ledger.db") as view:
            if view is None:
                return nothing, []
            states = view.counts()
            codes = [one.partition("/")[2] for one in states if one.startswith("resting/")]
            groups = {
                code: [(one.about, one.scenes) for one in view.groups(code, limit=GROUPS)]
                for code in codes
                if code in FOLDER_CODES
            }
            hold = read_hold(view.meta(GATE))
            return Kept(states, groups, view.events(limit=EVENTS_SHOWN), hold), []
    except PlexSyncError as error:
        return nothing, [str(error)]


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


def describe(folder: Path, *, with_names: bool) -> list[str]:
    """The same in sentences.

    Args:
        folder: The data folder.
        with_names: Whether files, titles and values of settings may be told: not in a log.
    """
    state = read_state(folder)
    counts, _, trouble = _read_queue(folder, time.time())
    kept, in_ledger = _read_ledger(folder)
    lines = [_worker_line(folder, state), *trouble, *in_ledger]
    if state and state.pause:
        lines.append(describe_pause(state.pause))
    if counts:
        lines.append(
            f"Queue: {counts.due} due, {counts.waiting - counts.due} later, {counts.out} in hand, "
            f"{counts.failed} set aside"
        )
        lines += [f"  set aside: {n} x {code}" for code, n in counts.failed_by_code.items()]
    lines += [f"Scenes {name}: {n}" for name, n in sorted(kept.states.items())]
    if state:
        lines += [
            f"Attention: {_complaint_line(one, with_names=with_names)}" for one in state.complaints
        ]
        lines += [f"Paths: {one}" for one in state.mapping] if with_names else []
        if state.set_aside:
            lines.append(f"{state.set_aside} unreadable inbox files, see inbox/unreadable")
        lines += [_outcome_line(one, with_names=with_names) for one in state.outcomes[-10:]]
    return lines


def _complaint_line(complaint: str, *, with_names: bool) -> str:
    """What is wrong with a setting, or which one it is."""
    if with_names:
        return complaint
    return f"{complaint.partition(':')[0]}: PlexSync's page says what is wrong with it"


def _outcome_line(one: Outcome, *, with_names: bool) -> str:
    text = one.text if with_names or one.kind in _TOLD_BY_ID else ""
    return f"  scene {one.scene_id}: {one.kind} {text}".rstrip()


def _worker_line(folder: Path, state: State | None) -> str:
    if not worker_lives(folder) or state is None:
        return "No worker runs; the next save, task or visit of the page starts one"
    return f"The worker runs since {_clock(state.since)} (version {state.version or 'unknown'})"


def describe_pause(pause: Pause) -> str:
    """One sentence that says why everything waits."""
    return f"Waiting since {_clock(pause.since)}: {pause.message}"


def _clock(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S")
