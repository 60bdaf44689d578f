"""Answers the questions of the set-up beside the loop: a look a turn, whatever else waits.

They are answered also while Plex is away or nothing is configured, for that is when they are asked.
A question that a restart cut off is asked anew.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from errors import PlexSyncError
from plex.cache import MatchCache
from stash.call import Connection
from worker.identity import client_identifier
from worker.modes import ASKING_MODES
from worker.outside import Outside
from worker.questions import QUESTIONS, Facts
from worker.results import Results
from worker.runs import Run, Runs
from worker.settings import Settings
from worker.stash_questions import STASH_QUESTIONS

ANSWERS = {**QUESTIONS, **STASH_QUESTIONS}


@dataclass(slots=True)
class _Asked:
    """One question that was begun."""

    thread: threading.Thread
    stopped: threading.Event
    told: queue.SimpleQueue[dict[str, object]] = field(default_factory=queue.SimpleQueue)
    newest: dict[str, object] = field(default_factory=dict)


class SetupSide:
    """Begins questions, and sees them answered.

    Args:
        folder: The data folder.
        runs: What was asked for.
        results: Where answers are kept.
        match_cache: Path -> rating key.
        version: The plugin's, shown to Plex.
        outside: Where else to look.
        settings: What is in force.
        stash: How to reach Stash, as far as that is known.
        look_at_token: The token's file may have changed.
    """

    def __init__(
        self,
        folder: Path,
        *,
        runs: Runs,
        results: Results,
        match_cache: MatchCache,
        version: str,
        outside: Outside,
        settings: Callable[[], Settings],
        stash: Callable[[], Connection | None],
        look_at_token: Callable[[], None],
    ) -> None:
        self._folder = folder
        self._runs = runs
        self._results = results
        self._match_cache = match_cache
        self._version = version
        self._outside = outside
        self._settings = settings
        self._stash = stash
        self._look_at_token = look_at_token
        self._asked: dict[str, _Asked] = {}

    def step(self, now: float) -> bool:
        """Begin what was asked and keep what was answered; whether anything moved."""
        runs = [one for one in self._runs.open() if one.state.mode in ASKING_MODES]
        moved = [self._step_one(run, now) for run in runs]
        return any(moved)

    def forget_ended(self) -> None:
        """Nobody wants the answers of runs that were stopped."""
        going = {one.state.id for one in self._runs.open()}
        for name in [name for name in self._asked if name not in going]:
            asked = self._asked.pop(name)
            asked.stopped.set()
            self._results.keep(name, {**asked.newest, "state": "cancelled"})

    def _step_one(self, run: Run, now: float) -> bool:
        name = run.state.id
        asked = self._asked.get(name)
        if asked is None:
            self._asked[name] = self._begin(run)
            return True
        is_over = not asked.thread.is_alive()  # before the answers are read: none comes after
        newest: dict[str, object] | None = None
        while not asked.told.empty():
            newest = asked.told.get()
        if is_over and newest is None:
            newest = {"error": "something unexpected went wrong; see worker.log"}
        if newest is not None:
            asked.newest = newest
            self._results.keep(name, newest)
        if is_over:
            del self._asked[name]
            run.is_listed = True
            self._runs.finish(run, now=now)
            if run.state.mode == "sign_in":
                self._look_at_token()
        return is_over or newest is not None

    def _begin(self, run: Run) -> _Asked:
        asked = _Asked(threading.Thread(), threading.Event())
        facts = Facts(
            folder=self._folder,
            words=run.words,
            settings=self._settings(),
            identifier=client_identifier(self._folder),
            version=self._version,
            outside=self._outside,
            match_cache=self._match_cache,
            stash=self._stash(),
            show=asked.told.put,
            stopped=asked.stopped,
        )
        answer = ANSWERS[run.state.mode]

        def work() -> None:
            try:
                asked.told.put(answer(facts))
            except PlexSyncError as error:
                asked.told.put({"error": str(error)})

        asked.thread = threading.Thread(target=work, name=run.state.mode, daemon=True)
        asked.thread.start()
        return asked
