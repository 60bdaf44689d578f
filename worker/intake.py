"""What events and commands mean: which scenes become jobs, which runs begin.

Decided here and nowhere else. A scene's own event names its scene; an event of a performer,
studio, tag or group becomes the scenes that show it, with a lower priority than a person's save.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from errors import StashAwayError, StashRefusedError
from mirror.journal import RUNS_KEPT
from mirror.ledger import Ledger
from mirror.records import Kind
from stash.call import Call, Command, Connection, HookEvent
from stash.client import StashClient
from sync_queue.jobs import JobQueue, Priority
from worker.arrivals import Arrival, Inbox
from worker.catch_up import Missed
from worker.comparisons import FIRST_SYNC
from worker.modes import ALL_SCENES, ASKING_MODES, LISTED_MODES, LOOKING_MODES
from worker.runs import Run, Runs
from worker.wishes import scenes_to_undo

log = logging.getLogger("PlexSync.worker")

HOLD_SECONDS = 0.5  # after the last edit of a scene, so that a burst is one job
HOLD_MOST_SECONDS = 3.0
LEDGER_KINDS: dict[str, Kind] = {
    "Performer": "performer",
    "Studio": "studio",
    "Tag": "tag",
    "Group": "group",
}


@dataclass(slots=True)
class _Wanted:
    """The scenes that a handful of files asks for, by urgency."""

    last: float = 0.0  # when the newest file arrived, in Unix seconds
    saves: list[int] = field(default_factory=list)
    related: list[int] = field(default_factory=list)  # and what a scan found
    explicit: list[int] = field(default_factory=list)


class Intake:
    """Turns what arrived into jobs and runs.

    Args:
        inbox: Where it arrives.
        queue: Where jobs go.
        ledger: Knows which scenes showed an object that is gone.
        runs: Where a task's command becomes a run.
        connect: Makes or refreshes the connection to Stash from the newest call.
        clear_caches: Carries out "Clear caches".
        look_soon: Somebody looks at the page: catch up at once.
        shows_tag_parents: Whether a tag shows on the scenes of those below it.
        steer: What commands do that are no runs, by their mode.
    """

    def __init__(
        self,
        *,
        inbox: Inbox,
        queue: JobQueue,
        ledger: Ledger,
        runs: Runs,
        connect: Callable[[Connection], StashClient],
        clear_caches: Callable[[], None],
        look_soon: Callable[[], None],
        shows_tag_parents: Callable[[], bool],
        steer: Mapping[str, Callable[[Command, float], None]],
    ) -> None:
        self._inbox = inbox
        self._queue = queue
        self._ledger = ledger
        self._runs = runs
        self._connect = connect
        self._clear_caches = clear_caches
        self._look_soon = look_soon
        self._shows_tag_parents = shows_tag_parents
        self._steer = steer
        self._postponed: frozenset[str] = frozenset()
        self._is_stash_away = False

    def take(self, now: float) -> int:
        """Take what waits in the inbox; returns how many files were done with."""
        arrivals = list(self._inbox.take(skip=self._postponed))
        if not arrivals:
            return 0
        stash = self._connect(arrivals[-1].call.connection)
        wanted = _Wanted()
        done: list[Path] = []
        self._is_stash_away = False
        for arrival in arrivals:
            if self._understand(arrival, wanted, stash, now):
                done.append(arrival.path)
            else:
                self._postponed |= {arrival.path.name}
        self._put(wanted, now)
        for path in done:
            path.unlink(missing_ok=True)
        return len(done)

    def put_missed(self, missed: Missed, stash: StashClient, now: float) -> None:
        """Put what no hook told into the queue; a scene that waits already stays one job.

        Raises:
            WaitError: Stash cannot be asked; nothing was put.
        """
        scenes = list(missed.scenes)
        for kind, ids in missed.objects.items():
            scenes += self._related(stash, kind, ids)
        if scenes:
            log.info("%d scenes changed without a word to the plugin", len(set(scenes)))
            self._queue.put_many(scenes, now=now, priority=Priority.RELATED)

    def stash_answers(self) -> None:
        """Stash can be asked again: look at what had to wait for it."""
        self._postponed = frozenset()

    def has_more(self) -> bool:
        """Whether the inbox holds anything that was not looked at yet."""
        return not self._inbox.names() <= self._postponed

    def _understand(
        self, arrival: Arrival, wanted: _Wanted, stash: StashClient, now: float
    ) -> bool:
        """Collect what one file asks for; False when Stash has to be asked and cannot be."""
        call: Call = arrival.call
        wanted.last = max(wanted.last, arrival.at)
        if isinstance(call.wants, Command):
            self._put(wanted, now)  # a command speaks of what arrived before it, too
            self._obey(call.wants, wanted, now)
            return True
        event = call.wants
        if event.kind == "Scene":
            ids = (event.id, *event.sources)
            (wanted.saves if event.is_a_persons else wanted.related).extend(ids)
            return True
        if event.kind not in LEDGER_KINDS:
            return True
        if self._is_stash_away:
            return False
        try:
            wanted.related += self._scenes_showing(event, stash)
        except (StashAwayError, StashRefusedError):
            self._is_stash_away = True  # the others of this look need not find out again
            return False
        return True

    def _scenes_showing(self, event: HookEvent, stash: StashClient) -> Iterable[int]:
        """The scenes an object shows on; Stash no longer knows them for one that is gone."""
        gone = event.sources
        if event.action == "Destroy":
            gone = (event.id,)
        kind = LEDGER_KINDS[event.kind]
        scenes = [scene for one in gone for scene in self._ledger.scenes_holding(kind, one)]
        if event.action != "Destroy":
            scenes += self._related(stash, event.kind, (event.id,))
        return scenes

    def _related(self, stash: StashClient, kind: str, ids: Sequence[int]) -> list[int]:
        parents = self._shows_tag_parents()
        return stash.scene_ids_related_to(kind, ids, with_tag_parents=parents)

    def _obey(self, command: Command, wanted: _Wanted, now: float) -> None:
        if command.mode in self._steer:
            self._steer[command.mode](command, now)
        elif command.mode == "sync":
            wanted.explicit += command.ids
        elif command.mode == "let_go":
            self._runs.let_go(command.run)
        elif command.run and command.mode in LISTED_MODES | LOOKING_MODES | ASKING_MODES:
            if command.mode in ALL_SCENES:
                self._ledger.set_meta(FIRST_SYNC, "asked")
                self._replace_runs(command.run, now)
            self._begin(command, now)
        elif command.run:
            self._begin_short(command, now)
        elif command.mode == "wake":
            self._look_soon()
        else:
            log.warning("a command asks for %r, which this version does not know", command.mode)

    def _replace_runs(self, run: str, now: float) -> None:
        """A run over all scenes does what unfinished ones were asked for as well."""
        for older in self._runs.open():
            if older.state.mode in LISTED_MODES and older.state.id != run:
                self._queue.cancel_run(older.state.id)
                self._runs.finish(older, now=now)

    def _begin(self, command: Command, now: float) -> Run:
        run = self._runs.begin(
            command.run,
            command.mode,
            now=now,
            watched=self._runs.is_held(command.run),
            ids=command.ids,
            of=command.of,
            words=command.words,
        )
        self._ledger.journal.keep_runs(self._runs.newest_first()[:RUNS_KEPT])
        return run

    def _begin_short(self, command: Command, now: float) -> None:
        """Begin a run whose scenes are in the queue already, or that needs none."""
        run = self._begin(command, now)
        total = 0
        if command.mode == "clear_caches":
            self._clear_caches()
        elif command.mode == "retry_failed":
            total = self._queue.retry_failed(now=now, run=command.run)
        elif command.mode == "process":
            total = self._queue.due_now(now=now)
        elif command.mode == "undo":
            total = self._undo(command, now)
        self._runs.progress(run, total=total, left=total)

    def _undo(self, command: Command, now: float) -> int:
        """Wish for an undo; the wish outlives the job, which a later save may take over."""
        scenes, of = scenes_to_undo(self._ledger, self._runs, command.ids, command.of)
        self._ledger.wishes.put(scenes, run=of)
        urgent = Priority.SAVE if command.ids else Priority.RELATED
        self._queue.put_many(scenes, now=now, priority=urgent, run=command.run)
        return len(scenes)

    def _put(self, wanted: _Wanted, now: float) -> None:
        held = ((Priority.SAVE, wanted.saves), (Priority.RELATED, wanted.related))
        for priority, scenes in held:
            if scenes:
                self._queue.put_many(
                    scenes,
                    now=min(max(wanted.last, now - HOLD_MOST_SECONDS), now),
                    priority=priority,
                    hold=HOLD_SECONDS,
                    hold_most=HOLD_MOST_SECONDS,
                )
                scenes.clear()
        if wanted.explicit:
            self._queue.put_many(wanted.explicit, now=now, priority=Priority.SAVE, force=True)
            wanted.explicit.clear()
