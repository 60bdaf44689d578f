"""What goes wrong: workers are killed at chosen moments, servers stop, stumble and lie.

The moments between two steps inside the worker are met from outside: a change of the queue's or
the ledger's write-ahead log is its commit, and an edit that arrives at Plex is its PUT.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from demo.plexserver.wire import LoggedRequest
from tests.torture.editors import save
from tests.torture.hooks import wake
from tests.torture.processes import kill
from tests.torture.stage import Stage

LOGS = {"queue": "queue/data.db-wal", "ledger": "ledger.db-wal"}
SNIPE_SECONDS = 2.0
SLOWEST_SECONDS = 0.15

# kind, methods, how many requests it strikes at most; None for all while it lasts
PLEX_FAULTS: tuple[tuple[str, tuple[str, ...] | None, int | None], ...] = (
    ("maintenance", None, None),
    ("status:503", None, None),
    ("status:500", ("PUT",), 2),
    ("status:500", ("GET",), 3),
    ("reset", None, 4),
    ("reset", ("PUT",), 2),
    ("slow", None, None),
    ("garbage", None, 4),
    ("html", None, 4),
    ("truncated", None, 4),
    ("lost", ("PUT",), 2),
    ("lost", ("PUT",), 1),
)


class Trouble:
    """Makes trouble for one stage; register `on_edit` with the Plex stand-in."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._choose = Random(f"{stage.options.seed} trouble in Plex")
        self._planning = threading.Lock()
        self._next = ""

    def on_edit(self, request: LoggedRequest) -> None:
        """What happens while an edit is on its way into Plex.

        A request whose sender was killed meanwhile is dropped: that a server carries it out after
        the next worker's newer one is nothing that the plugin could see.
        """
        stage = self._stage
        if stage.watch.is_of_a_dead_worker(request.started):
            raise ConnectionAbortedError("its sender was killed")
        with self._planning:
            plan, self._next = self._next, ""
            edits_it = self._choose.random() < 0.05
        if plan == "before" and stage.kill_worker("between intent and PUT"):
            raise ConnectionAbortedError("killed before its edit was carried out")
        if plan == "after":
            stage.kill_worker("between PUT and confirmation")
            self._edit_in_the_middle(request, undoes=True)
        elif edits_it:
            self._edit_in_the_middle(request, undoes=False)
            if stage.watch.is_of_a_dead_worker(request.started):
                raise ConnectionAbortedError("its sender was killed")

    def _edit_in_the_middle(self, request: LoggedRequest, *, undoes: bool) -> None:
        """Edit the very scenes; undoing asks for what the worker may think stands there."""
        stage = self._stage
        subjects = [stage.by_key[key] for key in request.keys]
        with stage.holding(subjects, patiently=False) as held:
            for one in held:
                state = one.earlier if undoes else stage.new_state(one, self._choose)
                save(stage, one, state, kill_after=None)
                stage.count(f"scenes {'put back' if undoes else 'edited'} while being synced")

    def kill_a_worker(self, choose: Random) -> float:
        """Kill the worker at a moment of some kind; sometimes the page is opened right after."""
        ways: list[Callable[[Random], None]] = [
            self._kill_now,
            self._kill_at_an_edit,
            self._kill_at_a_commit,
            self._kill_at_a_commit,
        ]
        if self._stage.options.kills_starters and choose.random() < 0.05:
            ways = [self._kill_a_starter]
        choose.choice(ways)(choose)
        if choose.random() < 0.5:
            wake(self._stage)
        return choose.uniform(0.2, 2.5)

    def _kill_now(self, choose: Random) -> None:
        time.sleep(choose.uniform(0.0, 0.3))
        self._stage.kill_worker("at random")

    def _kill_at_an_edit(self, choose: Random) -> None:
        with self._planning:
            self._next = choose.choice(("before", "after"))

    def _kill_at_a_commit(self, choose: Random) -> None:
        """Kill right after the n-th commit from now on, or a moment later."""
        name = choose.choice(tuple(LOGS))
        path = self._stage.world.data / LOGS[name]
        commits = choose.randrange(1, 4)
        wait = choose.choice((0.0, 0.0, choose.uniform(0.0, 0.004)))
        seen = _mark(path)
        deadline = time.monotonic() + SNIPE_SECONDS
        while commits and time.monotonic() < deadline:
            now = _mark(path)
            if now == seen:
                time.sleep(0.0002)
                continue
            seen = now
            commits -= 1
        if not commits:
            time.sleep(wait)
            self._stage.kill_worker(f"at a commit of the {name}")

    def _kill_a_starter(self, _choose: Random) -> None:
        self._stage.kill_worker("at random")
        deadline = time.monotonic() + SNIPE_SECONDS
        while time.monotonic() < deadline:
            for pid in self._stage.watch.starting():
                if kill(pid, self._stage.world.data):
                    self._stage.count("worker killed while starting")
                    return

    def trouble_plex(self, choose: Random) -> float:
        """One fault, or a stop; for a moment."""
        stage, plex = self._stage, self._stage.world.plex
        if choose.random() < 0.2:
            plex.stop()
            time.sleep(choose.uniform(0.05, 1.5))
            plex.start()
            stage.count("Plex restarted")
        else:
            kind, methods, most = choose.choice(PLEX_FAULTS)
            wait = f":{choose.uniform(0.01, SLOWEST_SECONDS):.3f}" if kind == "slow" else ""
            plex.faults.set(kind + wait, methods=methods, times=most and choose.randint(1, most))
            time.sleep(choose.uniform(0.1, 1.5))
            plex.faults.clear()
            stage.count(f"Plex {kind}")
        return choose.uniform(0.5, 5.0)

    def trouble_stash(self, choose: Random) -> float:
        """Stash is off, locked or broken for a moment; what it runs meanwhile is killed."""
        stage, stash = self._stage, self._stage.world.stash
        kind = choose.choice(("stop", "locked", "down", "status"))
        if kind == "stop":
            stash.stop()
        elif kind == "status":
            stash.faults.status = choose.choice((500, 502, 503))
        else:
            setattr(stash.faults, kind, True)
        time.sleep(choose.uniform(0.05, 1.0))
        if kind == "stop":
            stash.start()
        else:
            setattr(stash.faults, kind, None if kind == "status" else False)
        stage.count("Stash restarted" if kind == "stop" else f"Stash {kind}")
        return choose.uniform(2.0, 8.0)

    def open_the_page(self, choose: Random) -> float:
        """Wake a worker now and then."""
        wake(self._stage)
        return choose.uniform(0.5, 3.0)


def _mark(path: Path) -> tuple[int, int]:
    try:
        facts = path.stat()
    except OSError:
        return 0, 0
    return facts.st_mtime_ns, facts.st_size
