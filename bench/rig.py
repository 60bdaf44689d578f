"""A real worker of the plugin between two byte stand-ins, on a data folder of its own.

A run is asked for as a task does it, by a command in the inbox, and is over when the worker says so
in its state. Its time goes from the moment when the worker took the command to its end: the look
for new files, four times in ten seconds, is measured by `make bench-hook`.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType

from bench import library
from bench.measure import cpu_seconds, peak_mb
from bench.standin import Standin
from bench.worked import Ended, Worked
from bench.worlds import compile_plugin
from demo.plugin_folder import copy_plugin
from plugin.status import worker_lives
from stash.call import Command, Connection, write_call
from sync_queue.inbox import keep, start_worker
from tests.waiting import wait_for
from worker.state import RUN_LOCKS, read_state

_ANY_JOB = "SELECT EXISTS(SELECT 1 FROM scene_jobs WHERE status IN (1, 2))"
LONGEST_RUN_SECONDS = 1800.0
LOOK_SECONDS = 0.02
RESTING_SECONDS = 1.5
HELD_SECONDS = 10.0  # longer than any save is held
LONGEST_SAVE_SECONDS = 120.0
_FINE_SECONDS, _COARSE_SECONDS = 0.0003, 0.005


class Rig:
    """Both stand-ins and the plugin; `with` ends every process.

    Args:
        folder: Empty, and ours.
        scenes: How many scenes Stash has, and items Plex.
        launch: Starts the worker of a data folder, with the plugin's folder, unless one lives; None
            for the plugin's own way.
    """

    def __init__(
        self, folder: Path, scenes: int, launch: Callable[[str, str], object] | None = None
    ) -> None:
        self.scenes = scenes
        self.launch = launch or start_worker
        self._folder = folder
        self._is_logged = False
        self.here = folder / "stash config" / "plugins" / "PlexSync"
        self.data = folder / "stash config" / "plugin-data" / "PlexSync"
        folder.mkdir(exist_ok=True)
        copy_plugin(self.here)
        compile_plugin(self.here)
        (self.data / "inbox").mkdir(mode=0o700, parents=True)
        (self.data / RUN_LOCKS).mkdir(mode=0o700)
        self.plex = Standin("plex", scenes)
        self.stash = Standin("stash", scenes)
        self.stash.tell(
            "settings",
            plexUrl=self.plex.url,
            plexToken="t" * 20,
            pathMappings=f"{library.STASH_FOLDER} => {library.PLEX_FOLDER}",
        )
        self._connection = Connection(
            url=self.stash.url, config_folder=str(folder / "stash config")
        )

    def __enter__(self) -> Rig:
        """The stand-ins serve already; the worker starts with the first command."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the worker and the stand-ins."""
        try:
            self.end_worker()
        finally:
            self.stash.__exit__(kind, error, trace)
            self.plex.__exit__(kind, error, trace)

    # The worker

    def start_worker(self) -> int:
        """A worker that lives and waits; its process. A command wakes it as the page does."""
        if not worker_lives(self.data):
            began = time.time()
            self.stash.tell("reset")
            keep(str(self.data), write_call(self._connection, Command(mode="wake")))
            self.launch(str(self.data), str(self.here))
            wait_for(lambda: self._has_settled(began), what="a worker at rest", seconds=60)
        return self.pid

    def _has_settled(self, began: float) -> bool:
        """It took the command, and asked all that it asks at its start."""
        state = read_state(self.data)
        asked = self.stash.counts()
        is_here = state is not None and state.since >= began
        return is_here and not self._waiting() and bool(asked.keys() & {"newest", "changes"})

    @property
    def pid(self) -> int:
        """The worker's process."""
        state = read_state(self.data)
        assert state, "no worker ever wrote its state"
        return state.pid

    def end_worker(self) -> None:
        """Ask the worker to end, and see that it did."""
        if worker_lives(self.data):
            pid = self.pid
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        wait_for(lambda: not worker_lives(self.data), what="the end of the worker", seconds=60)

    def log_text(self) -> str:
        """What the worker wrote into its log."""
        file = self.data / "worker.log"
        return file.read_text() if file.exists() else ""

    # What is asked of it

    def run(self, mode: str = "sync_all", *, is_logged: bool = False) -> Worked:
        """Have the worker do one run; it lives already or is started with it."""
        before = self._begin(is_logged=is_logged)
        run = self.end_of(self.ask(mode))
        return self._worked(run.finished - run.started, before, run.counts)

    def ask(self, mode: str = "sync_all") -> str:
        """Ask for a run; its name."""
        name = f"{mode}-{uuid.uuid4().hex}"
        keep(str(self.data), write_call(self._connection, Command(mode=mode, run=name)))
        self.launch(str(self.data), str(self.here))
        return name

    def end_of(self, name: str, *, may_wait: bool = False) -> Ended:
        """Wait for the end of a run.

        Args:
            name: As `ask` gave it.
            may_wait: The worker may have to wait for a server meanwhile.
        """
        deadline = time.monotonic() + LONGEST_RUN_SECONDS
        while time.monotonic() < deadline:
            state = read_state(self.data)
            run = state.runs.get(name) if state else None
            if run and run.finished is not None:
                return Ended(run.started, run.finished, run.counts)
            if state and state.pause and not may_wait:
                raise RuntimeError(f"the worker waits: {state.pause.message}")
            time.sleep(LOOK_SECONDS)
        raise RuntimeError(f"the run {name} does not end\n{self.log_text()[-3000:]}")

    def wake(self, edits: int) -> Worked:
        """Have the worker look for what no hook told, as when somebody opens the page.

        Args:
            edits: It is over when so many were written and acknowledged.
        """
        before = self._begin(is_logged=False)
        began = time.monotonic()
        keep(str(self.data), write_call(self._connection, Command(mode="wake")))
        wait_for(
            lambda: not self._waiting() and self.plex.counts().get("edit", 0) >= edits,
            what=f"{edits} edits",
            seconds=60,
        )
        with closing(self._queue()) as queue:
            wait_for(lambda: not _has_jobs(queue), what="an empty queue", seconds=60)
        return self._worked(time.monotonic() - began, before, {})

    def settle(self) -> Mapping[str, int]:
        """Have the worker look at what it wrote itself, which Plex reports as changed.

        Returns:
            The requests to Plex that this took, by kind.
        """
        self.rest()
        self.wake(0)
        self.rest()
        return self.plex.counts()

    def rest(self) -> None:
        """Wait until nothing was asked of either server for a while."""
        before: object = None
        while before != (before := (self.stash.counts(), self.plex.counts())):
            time.sleep(RESTING_SECONDS)

    def save(self, ids: Iterable[int], *, is_logged: bool = False) -> Worked:
        """Have the worker sync scenes as after a save of each, from due to acknowledged.

        The events are older than any hold, so that their jobs are due when they are taken.
        """
        assert worker_lives(self.data), "a save is for a worker that lives"
        scenes = list(ids)
        before = self._begin(is_logged=is_logged)
        self._leave_events(scenes)
        pause = _FINE_SECONDS if len(scenes) == 1 else _COARSE_SECONDS  # looking is not for nothing
        with closing(self._queue()) as queue:
            _watch(lambda: not self._waiting(), "an empty inbox", pause)
            began = time.monotonic()
            _watch(lambda: not _has_jobs(queue), "an empty queue", pause)
        return self._worked(time.monotonic() - began, before, {})

    def _queue(self) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{self.data}/queue/data.db?mode=ro", uri=True)

    def _leave_events(self, ids: Iterable[int]) -> None:
        first = time.time_ns() - int(HELD_SECONDS * 1e9)
        ready = self._folder / "ready"
        ready.mkdir(exist_ok=True)
        head = json.loads(write_call(self._connection, Command(mode="wake")))
        names = []
        for place, number in enumerate(ids):
            context = {"id": number, "type": "Scene.Update.Post", "input": {"id": str(number)}}
            call = {**head, "args": {"hookContext": context}}
            names.append(f"{first + place:020d}-{os.getpid()}.json")
            (ready / names[-1]).write_text(json.dumps(call))
        for name in names:
            (ready / name).rename(self.data / "inbox" / name)

    def add(self) -> int:
        """One more scene, and the item of its file."""
        self.plex.tell("add")
        self.stash.tell("add")
        self.scenes += 1
        return self.scenes

    def _waiting(self) -> int:
        return sum(1 for one in (self.data / "inbox").iterdir() if one.suffix == ".json")

    def _begin(self, *, is_logged: bool) -> float:
        self.plex.tell("prepare")
        for one in (self.stash, self.plex):
            one.tell("reset")
            if is_logged:
                one.tell("log")
        self._is_logged = is_logged
        return cpu_seconds(self.pid) if worker_lives(self.data) else 0.0

    def _worked(self, seconds: float, before: float, counts: Mapping[str, int]) -> Worked:
        stash, plex = self.stash.counts(), self.plex.counts()
        if "unknown" in {*stash, *plex}:
            raise RuntimeError(f"a stand-in was asked what it does not know: {stash}, {plex}")
        pid = self.pid
        logs = {}
        if self._is_logged:
            for name, one in (("stash", self.stash), ("plex", self.plex)):
                logs[name] = self._folder / f"{name}.log"
                one.tell("write_log", file=str(logs[name]))
        return Worked(
            seconds=seconds,
            cpu=cpu_seconds(pid) - before,
            peak=peak_mb(pid),
            counts=counts,
            stash=stash,
            plex=plex,
            most=self.plex.most(),
            logs=logs,
        )


def _watch(is_over: Callable[[], bool], what: str, pause: float) -> None:
    """Wait for what is measured in milliseconds."""
    deadline = time.monotonic() + LONGEST_SAVE_SECONDS
    while not is_over():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(pause)


def _has_jobs(queue: sqlite3.Connection) -> bool:
    """Whether any job waits or is out."""
    return bool(queue.execute(_ANY_JOB).fetchone()[0])
