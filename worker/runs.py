"""Runs: all that one task asked for, from its command to its last scene.

A task holds an OS lock for its run. Freed without a word while this worker lives, it means Stop:
Stash ends a task with SIGKILL. A task that only stops watching says so first ("let_go"). A run
that a starting worker finds unfinished goes on whether or not anybody watches.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from mirror.ledger import Ledger
from sync_queue import host
from worker.modes import ASKING_MODES, LISTED_MODES, LOOKING_MODES
from worker.settings import without_secrets
from worker.state import Outcome, RunState, lock_path, read_run

KEPT = 10  # finished runs that are still shown
_META_KEY = "runs"


@dataclass(slots=True)
class Run:
    """One run as the worker keeps it.

    Attributes:
        state: What others see.
        is_watched: A task holds the run's lock.
        is_listed: All of its scenes are in the queue, or it needs none there.
        pages: How many pages of them are; a restart goes on behind these.
        ids: The scenes that it was asked for; empty for all.
        of: What else it speaks of, see `stash.call.Command`.
        words: What else was said, see `stash.call.Command`.
    """

    state: RunState
    is_watched: bool = False
    is_listed: bool = False
    pages: int = 0
    ids: tuple[int, ...] = ()
    of: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


class Runs:
    """The unfinished runs and the last finished ones, kept in the ledger.

    Args:
        folder: The data folder.
        ledger: Keeps the runs over a restart.
    """

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self._folder = folder
        self._ledger = ledger
        self._runs: dict[str, Run] = {}
        self._is_dirty = False
        for raw in json.loads(ledger.get_meta(_META_KEY) or "[]"):
            run = Run(
                read_run(raw["state"]),
                is_listed=raw["is_listed"],
                pages=raw.get("pages", 0),
                ids=tuple(raw.get("ids", ())),
                of=raw.get("of", ""),
                words=raw.get("words", {}),
            )
            run.is_watched = self.is_held(run.state.id)
            self._runs[run.state.id] = run

    def begin(
        self,
        run_id: str,
        mode: str,
        *,
        now: float,
        watched: bool,
        ids: tuple[int, ...] = (),
        of: str = "",
        words: Mapping[str, str] | None = None,
    ) -> Run:
        """Begin a run, or go on with the one of that name."""
        if run_id not in self._runs:
            state = RunState(id=run_id, mode=mode, started=now)
            is_listed = mode not in LISTED_MODES | LOOKING_MODES | ASKING_MODES
            # A run that nobody watches holds no lock, and so cannot be stopped by freeing it.
            self._runs[run_id] = Run(
                state, is_watched=watched, is_listed=is_listed, ids=ids, of=of, words=words or {}
            )
            self.save()
        return self._runs[run_id]

    def open(self) -> list[Run]:
        """The runs that are not finished, oldest first."""
        return [run for run in self._runs.values() if run.state.finished is None]

    def named(self, run_id: str) -> Run | None:
        """The unfinished run of that name."""
        run = self._runs.get(run_id)
        return run if run and run.state.finished is None else None

    def is_held(self, run_id: str) -> bool:
        """Whether a task watches the run at this moment."""
        path = lock_path(self._folder, run_id)
        return Path(path).exists() and host.is_held(path)

    def let_go(self, run_id: str) -> None:
        """Nobody watches this run any more; it goes on."""
        if run_id in self._runs:
            self._runs[run_id].is_watched = False

    def stopped(self) -> Iterator[Run]:
        """The runs whose task was killed."""
        for run in self.open():
            if run.is_watched and not host.is_held(lock_path(self._folder, run.state.id)):
                yield run

    def count(self, run_id: str, outcome: Outcome, fields: Iterable[str] = ()) -> None:
        """Note one outcome of one of the run's scenes, and the fields that were written."""
        run = self._runs.get(run_id)
        if run:
            counts = added(run.state.counts, [outcome.kind])
            self._change(run, counts=counts, fields=added(run.state.fields, fields))

    def count_unchanged(self, run: Run, scenes: int) -> None:
        """Note scenes that are as they were at their last sync."""
        if scenes:
            counts = dict(run.state.counts)
            counts["unchanged"] = counts.get("unchanged", 0) + scenes
            self._change(run, counts=counts)

    def found(
        self,
        run: Run,
        *,
        counts: Mapping[str, int],
        fields: Mapping[str, int],
        lines: Iterable[str],
    ) -> None:
        """Note what a run that only looks has found."""
        self._change(run, counts=dict(counts), fields=dict(fields), lines=tuple(lines))

    def newest_first(self) -> list[str]:
        """The ids of all runs that are kept, newest first."""
        return list(reversed(self._runs))

    def progress(self, run: Run, *, total: int | None, left: int) -> None:
        """Note how many scenes the run asked for and how many of them are not done."""
        done = max((total or 0) - left, 0)
        if (run.state.total, run.state.done) != (total, done):
            self._change(run, total=total, done=done)

    def finish(self, run: Run, *, now: float, cancelled: bool = False) -> None:
        """End a run; only the last ones stay visible."""
        self._change(run, finished=now, cancelled=cancelled)
        ended = [one for one in self._runs.values() if one.state.finished is not None]
        for old in ended[:-KEPT]:
            del self._runs[old.state.id]
        self.save()
        if not self.is_held(run.state.id):
            Path(lock_path(self._folder, run.state.id)).unlink(missing_ok=True)

    def states(self) -> dict[str, RunState]:
        """What others see, by run."""
        return {run_id: run.state for run_id, run in self._runs.items()}

    def save(self) -> None:
        """Keep the runs in the ledger."""
        kept = [
            {
                "state": asdict(run.state),
                "is_listed": run.is_listed,
                "pages": run.pages,
                "ids": run.ids,
                "of": run.of,
                "words": {name: _kept(name, word) for name, word in run.words.items()},
            }
            for run in self._runs.values()
        ]
        self._ledger.set_meta(_META_KEY, json.dumps(kept))
        self._is_dirty = False

    def save_if_dirty(self) -> None:
        """Keep the runs in the ledger if a count moved since."""
        if self._is_dirty:
            self.save()

    def _change(self, run: Run, **changes: object) -> None:
        run.state = replace(run.state, **changes)  # type: ignore[arg-type]
        self._is_dirty = True


def _kept(name: str, word: str) -> str:
    """What a file may hold of a word: an address that was pasted may bring a token along."""
    return without_secrets(word) if name == "url" else word


def added(counts: Mapping[str, int], names: Iterable[str]) -> dict[str, int]:
    """Counts with one more of each name."""
    new = dict(counts)
    for name in names:
        new[name] = new.get(name, 0) + 1
    return new
