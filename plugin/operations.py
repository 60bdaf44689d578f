"""Operations that ask for something: kept in the inbox, and answered before it is done.

A call never waits for a server. What comes of it is in the status, or under the id that is given
back, see `plugin.results`.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from errors import BadCallError, NotKeptError
from mirror.view import read_meta
from stash.call import Call, Command, write_call
from sync_queue.inbox import keep, start_worker
from worker.elsewhere_note import META as DISMISSED
from worker.elsewhere_note import parts_of, still_offered
from worker.gate import META as GATE
from worker.gate import read_hold
from worker.modes import ASKING_MODES
from worker.token_file import keep_token

# The answer to these comes later, under the id that is given back.
ANSWERED_LATER = {"undo", "preview", "preview_undo", "detect_paths", *ASKING_MODES}
STARTED = (
    "sync_all",
    "sync_recent",
    "rewrite_all",
    "retry_failed",
    "clear_caches",
    "process",
)
UNDONE_REMEDY = 'give "ids", or "of" with the id of a run, "last", "all" or "destroyed"'


def run_operation(call: Call, command: Command, folder: Path, here: str) -> object:
    """Carry out one operation; its answer as plain JSON.

    Raises:
        BadCallError: It does not say what it is about.
        NotKeptError: The command could not be written.
    """
    if command.mode == "start":
        command = _started(command)
    if command.mode in OPERATIONS:
        return OPERATIONS[command.mode](call, command, folder, here)
    return _later(call, command, folder, here)


def send(call: Call, command: Command, folder: Path, here: str) -> None:
    """Put a command into the inbox and see that a worker takes it.

    Raises:
        NotKeptError: It could not be written, or no worker be started.
    """
    try:
        keep(str(folder), write_call(call.connection, command))
        start_worker(str(folder), here)
    except OSError as error:
        raise NotKeptError(
            f"the command could not be kept: {error}",
            remedy="free disk space or make the folder writable, then try again",
        ) from error


def _started(command: Command) -> Command:
    what = command.word("what")
    if what not in STARTED:
        raise BadCallError(
            f'"start" names nothing that can be started: {what[:40]!r}',
            remedy=f'"what" is one of {", ".join(STARTED)}',
        )
    return Command(mode=what)


def _later(call: Call, command: Command, folder: Path, here: str) -> object:
    if command.mode in {"undo", "preview_undo"} and not (command.ids or command.of):
        raise BadCallError(f'"{command.mode}" names nothing', remedy=UNDONE_REMEDY)
    if command.mode == "test_path" and not command.word("path"):
        raise BadCallError('"test_path" names no path', remedy="give a file's path in Stash")
    command = replace(command, run=f"{command.mode}-{uuid.uuid4().hex}")
    send(call, command, folder, here)
    return {"id": command.run}


def _sync(call: Call, command: Command, folder: Path, here: str) -> object:
    _need_ids(command)
    send(call, command, folder, here)
    return {"accepted": len(command.ids)}


def _wake(call: Call, command: Command, folder: Path, here: str) -> object:
    send(call, command, folder, here)
    return {"worker": "awake"}


def _stop(call: Call, command: Command, folder: Path, here: str) -> object:
    if not command.run:
        raise BadCallError('"stop" names no run', remedy='such as {"mode":"stop","id":"..."}')
    send(call, command, folder, here)
    return {"stopped": command.run}


def _hold(call: Call, command: Command, folder: Path, here: str) -> object:
    send(call, command, folder, here)
    return {"held": command.mode == "hold"}


def _set_up(call: Call, command: Command, folder: Path, here: str) -> object:
    now = time.time()
    before = read_hold(read_meta(folder / "ledger.db", GATE)).setup
    after = before.after(command.word("do"), command.word("step"), now=now)
    send(call, command, folder, here)
    return {"is_open": after.is_open_at(now), "step": after.step}


def _ignore(call: Call, command: Command, folder: Path, here: str) -> object:
    _need_ids(command)
    words = {"on": "true", **command.words}
    send(call, replace(command, words=words), folder, here)
    return {"accepted": len(command.ids)}


def _choose(call: Call, command: Command, folder: Path, here: str) -> object:
    if not command.run.isdigit() or not command.word("rating_key").isdigit():
        raise BadCallError(
            '"choose" names no scene or no item',
            remedy='such as {"mode":"choose","id":45,"rating_key":123}',
        )
    send(call, command, folder, here)
    return {"accepted": 1}


def _set_token(call: Call, command: Command, folder: Path, here: str) -> object:
    keep_token(folder, command.token)
    send(call, Command(mode="token"), folder, here)
    return {"kept": True}


def _elsewhere(call: Call, command: Command, folder: Path, here: str) -> object:
    """What other plugins left; nobody is asked once a person has answered for all of it."""
    do = command.word("do")
    if do == "dismiss":
        parts_of(command.word("what"))
        words = {"what": command.word("what")}
        send(call, Command(mode="dismiss", words=words), folder, here)
        return {"dismissed": True}
    if do:
        raise BadCallError(
            f'"elsewhere" cannot do {do[:40]!r}', remedy='leave "do" out, or say "dismiss"'
        )
    parts = still_offered(read_meta(folder / "ledger.db", DISMISSED))
    if not parts:
        return {"offers": [], "unlike": [], "urls": None}
    return _later(call, replace(command, words={"what": " ".join(sorted(parts))}), folder, here)


def _need_ids(command: Command) -> None:
    if not command.ids:
        raise BadCallError(
            f'"{command.mode}" names no ids',
            remedy=f'such as {{"mode":"{command.mode}","ids":[45]}}',
        )


OPERATIONS: dict[str, Callable[[Call, Command, Path, str], object]] = {
    "sync": _sync,
    "wake": _wake,
    "stop": _stop,
    "hold": _hold,
    "go_on": _hold,
    "setup": _set_up,
    "ignore": _ignore,
    "choose": _choose,
    "set_token": _set_token,
    "elsewhere": _elsewhere,
}
ASKING = {*OPERATIONS, *ANSWERED_LATER, "start"}
