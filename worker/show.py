"""Keeps the state file in step: written when something changed, twice a second at most."""

from __future__ import annotations

import logging
import os
import time
from collections import deque
from pathlib import Path

from worker.runs import Runs
from worker.state import OUTCOMES_KEPT, Outcome, Pause, State, disown_state, write_state

log = logging.getLogger("PlexSync.worker")

AT_MOST_EVERY_SECONDS = 0.5
SPEED_SECONDS = 10.0


class Show:
    """What the worker tells others.

    Args:
        folder: The data folder.
        runs: The runs to show.
        version: The plugin's version.

    Attributes:
        complaints: What is wrong with the settings.
        mapping: What a person should know of the path mapping.
        set_aside: Inbox files that could not be read.
    """

    def __init__(self, folder: Path, *, runs: Runs, version: str) -> None:
        self._folder = folder
        self._runs = runs
        self._version = version
        self._since = time.time()
        self._outcomes: deque[Outcome] = deque(maxlen=OUTCOMES_KEPT)
        self._times: deque[float] = deque()
        self._is_stale = True
        self._written = 0.0
        self.complaints: tuple[str, ...] = ()
        self.mapping: tuple[str, ...] = ()
        self.set_aside = 0

    def add(self, outcome: Outcome) -> None:
        """Show one more outcome."""
        self._outcomes.append(outcome)
        self._times.append(time.monotonic())
        self._is_stale = True

    def touch(self) -> None:
        """Something else than an outcome changed."""
        self._is_stale = True

    def publish(self, pause: Pause | None, *, force: bool = False) -> None:
        """Write the state if it changed; a full disk is no reason to stop working."""
        moment = time.monotonic()
        if not force and (not self._is_stale or moment - self._written < AT_MOST_EVERY_SECONDS):
            return
        state = State(
            pid=os.getpid(),
            since=self._since,
            version=self._version,
            pause=pause,
            complaints=self.complaints,
            mapping=self.mapping,
            set_aside=self.set_aside,
            outcomes=tuple(self._outcomes),
            runs=self._runs.states(),
            speed=self._speed(moment),
        )
        self._written = moment
        try:
            write_state(self._folder, state)
        except OSError as error:
            log.warning("the state cannot be shown: %s", error)
            disown_state(self._folder)
            return
        self._is_stale = False

    def _speed(self, moment: float) -> float:
        while self._times and moment - self._times[0] > SPEED_SECONDS:
            self._times.popleft()
        span = moment - self._times[0] if self._times else 0.0
        return round(len(self._times) / max(span, 1.0), 1)
