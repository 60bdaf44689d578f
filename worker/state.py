"""What the worker shows of itself: one small JSON file, written only when something changed.

Tasks, operations and the page read it without asking the worker, and reading it writes nothing.
Standard library only, because a call that shows the state should answer at once.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from errors import NotKeptError, PlexSyncError

FILE = "state.json"
RUN_LOCKS = "runs"
RESULTS = "results"  # what runs that only look have found, as JSON
OUTCOMES_KEPT = 100
_DISOWNED = 500_000_000.0  # the time of a state that is known to be old, in 1985
_LARGEST = 1e11  # of a count or a time; clocks and ids stay far below


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one sync of one scene ended.

    Attributes:
        kind: "changed", "unchanged", "not_in_plex", "ambiguous", "merged", "filtered", "undone",
            "gone", "retrying" or "failed".
        text: Plain words: fields written, or why not.
        at: Unix seconds.
    """

    scene_id: int
    kind: str
    text: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Why the whole worker waits; times are Unix seconds."""

    code: str
    message: str
    since: float
    next_probe: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState:
    """How far one run is: all that one task asked for.

    Attributes:
        total: Scenes it asked for; None until they are known.
        done: How many of them are finished, whoever asked last.
        counts: Its outcomes by kind.
        fields: How many items got which field written, by Plex's names.
        lines: What it found, for runs that only look.
        finished: Unix seconds; None while it goes on.
        cancelled: Stop was pressed.
    """

    id: str
    mode: str
    started: float
    total: int | None = None
    done: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    fields: Mapping[str, int] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    finished: float | None = None
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The worker as others see it.

    Attributes:
        pid: The worker's process.
        since: When it started, in Unix seconds.
        complaints: What is wrong with the settings, a sentence each.
        mapping: What a person should know of the path mapping, a sentence each.
        set_aside: Inbox files that could not be read.
        outcomes: The last hundred, newest last.
        speed: Scenes a second, over the last ten seconds of work.
    """

    pid: int
    since: float
    version: str = ""
    pause: Pause | None = None
    complaints: tuple[str, ...] = ()
    mapping: tuple[str, ...] = ()
    set_aside: int = 0
    outcomes: tuple[Outcome, ...] = ()
    runs: Mapping[str, RunState] = field(default_factory=dict)
    speed: float = 0.0


_Fact = TypeVar("_Fact", Pause, RunState, Outcome, State)


def lock_path(folder: Path, run: str) -> str:
    """The lock that a task holds while it watches its run."""
    return str(folder / RUN_LOCKS / f"{run}.lock")


def write_state(folder: Path, state: State) -> None:
    """Replace the state file; a reader sees the old one or the new one, never half of it.

    Raises:
        OSError: The disk is full or the folder read-only.
    """
    unfinished = folder / f"{FILE}.tmp"
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(json.dumps(state, default=_plain))  # `json.dump` is ten times as slow
    unfinished.replace(folder / FILE)


def disown_state(folder: Path) -> None:
    """Let readers know that the state is of the past: a newer one could not be written.

    A full disk has no room for words, but its files keep taking times.
    """
    path = folder / FILE
    with suppress(OSError):
        if not path.exists():
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        if path.stat().st_mtime != _DISOWNED:
            os.utime(path, (_DISOWNED, _DISOWNED))


def _plain(one: object) -> dict[str, object]:
    """A dataclass with slots as JSON shows it; `asdict` would copy every text first."""
    return {name: getattr(one, name) for name in one.__slots__}  # type: ignore[attr-defined]


def show_why(folder: Path, error: PlexSyncError) -> None:
    """Let the status say why no worker can run."""
    now = time.time()
    pause = Pause(code=error.code, message=str(error), since=now, next_probe=now)
    with suppress(OSError):
        write_state(folder, State(pid=os.getpid(), since=now, pause=pause))


def read_run(raw: Mapping[str, Any]) -> RunState:
    """A run as it stands in a JSON of ours.

    Raises:
        TypeError: Another version wrote it.
    """
    return _sound(RunState(**{**raw, "lines": tuple(raw.get("lines", ()))}))


def _sound(one: _Fact) -> _Fact:
    """A fact whose values are of the kinds that it promises.

    Raises:
        TypeError: One is not.
    """
    for field_ in fields(one):
        is_good = _GOOD.get(str(field_.type))
        if is_good and not is_good(getattr(one, field_.name)):
            raise TypeError(f"{type(one).__name__}.{field_.name} is of another kind")
    return one


def _is_number(value: object) -> bool:
    return type(value) in {int, float} and 0 <= value < _LARGEST  # type: ignore[operator]


def _is_count(value: object) -> bool:
    return type(value) is int and _is_number(value)


def _are_texts(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(one, str) for one in value)


def _are_counts(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_count, value.values()))


# By the annotation of a field; what is not named here is read by itself.
_GOOD: dict[str, Callable[[object], bool]] = {
    "int": _is_count,
    "int | None": lambda value: value is None or _is_count(value),
    "float": _is_number,
    "float | None": lambda value: value is None or _is_number(value),
    "bool": lambda value: isinstance(value, bool),
    "str": lambda value: isinstance(value, str),
    "tuple[str, ...]": _are_texts,
    "Mapping[str, int]": _are_counts,
}


def read_state(folder: Path) -> State | None:
    """The newest state; None when no worker ever wrote one that this version can read.

    Where a newer one could not be written, this one says so instead of what it said then.
    """
    state = _read(folder)
    with suppress(OSError):
        told = (folder / FILE).stat()
        if told.st_mtime == _DISOWNED:
            message = "PlexSync's data folder cannot be written, so that nothing is done"
            error = NotKeptError(message, remedy="free disk space, or make the folder writable")
            at = told.st_ctime
            pause = Pause(code=error.code, message=str(error), since=at, next_probe=at)
            return replace(state or State(pid=0, since=at), pause=pause)
    return state


def _read(folder: Path) -> State | None:
    try:
        raw = json.loads((folder / FILE).read_bytes())
        told = raw.pop("pause")
        pause = _sound(Pause(**told)) if told is not None else None
        runs = {key: read_run(run) for key, run in raw.pop("runs").items()}
        outcomes = tuple(_sound(Outcome(**one)) for one in raw.pop("outcomes"))
        raw["complaints"], raw["mapping"] = tuple(raw["complaints"]), tuple(raw["mapping"])
        return _sound(State(**raw, pause=pause, runs=runs, outcomes=outcomes))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
