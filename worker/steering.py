"""Commands that are no runs: pause, set-up, and what a person decides about single scenes."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping

from errors import BadCallError
from mirror.ledger import Ledger
from mirror.records import Event
from stash.call import Command
from sync_queue.jobs import JobQueue, Priority
from worker.elsewhere_note import META as DISMISSED
from worker.elsewhere_note import after
from worker.gate import Gate
from worker.known import SERVER

log = logging.getLogger("PlexSync.worker")


class Steering:
    """Carries them out.

    Args:
        gate: Holds all writes.
        ledger: Keeps what was decided.
        queue: Scenes that somebody decided about are looked at, at once.
        stop_run: Ends a run.
        look_at_token: Somebody set or removed the token's file.
    """

    def __init__(
        self,
        *,
        gate: Gate,
        ledger: Ledger,
        queue: JobQueue,
        stop_run: Callable[[str, float], None],
        look_at_token: Callable[[], None],
    ) -> None:
        self._gate = gate
        self._ledger = ledger
        self._queue = queue
        self._stop_run = stop_run
        self._look_at_token = look_at_token

    @property
    def commands(self) -> Mapping[str, Callable[[Command, float], None]]:
        """What is done for each mode, with the time in Unix seconds."""
        return {
            "hold": lambda *_: self._gate.close_by_person(),
            "go_on": lambda *_: self._gate.open_by_person(),
            "setup": self._set_up,
            "stop": lambda command, now: self._stop_run(command.run, now),
            "token": lambda *_: self._look_at_token(),
            "ignore": self._ignore,
            "choose": self._choose,
            "dismiss": self._dismiss,
        }

    def _set_up(self, command: Command, now: float) -> None:
        try:
            self._gate.set_up(command.word("do"), command.word("step"), now=now)
        except BadCallError as error:
            log.warning("%s", error)

    def _ignore(self, command: Command, now: float) -> None:
        if command.word("on"):
            self._ledger.choices.ignore(command.ids, now=now)
        else:
            self._ledger.choices.heed(command.ids)
        self._look_at(command.ids, now)

    def _choose(self, command: Command, now: float) -> None:
        scene_id, rating_key = int(command.run), int(command.word("rating_key"))
        if rating_key:
            server = json.loads(self._ledger.get_meta(SERVER) or "{}")
            machine = str(server.get("machine", ""))
            self._ledger.choices.choose(scene_id, rating_key, machine=machine)
            text = f"item {rating_key} was chosen"
        else:
            self._ledger.choices.drop(scene_id)
            text = "the choice of an item was taken back"
        self._ledger.journal.note([Event(at=now, scene_id=scene_id, kind="chosen", text=text)])
        self._look_at([scene_id], now)

    def _dismiss(self, command: Command, _now: float) -> None:
        try:
            note = after(self._ledger.get_meta(DISMISSED), command.word("what"))
        except BadCallError as error:
            log.warning("%s", error)
            return
        self._ledger.set_meta(DISMISSED, note)

    def _look_at(self, scene_ids: list[int] | tuple[int, ...], now: float) -> None:
        self._queue.put_many(scene_ids, now=now, priority=Priority.SAVE, force=True)
