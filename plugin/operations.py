"""Operations: calls of the page that answer at once and never wait for a server."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

from errors import BadCallError, NotKeptError
from stash.call import Call, Command, write_call
from sync_queue.inbox import keep, start_worker

OPERATIONS = ("sync", "wake", "undo", "preview", "preview_undo", "detect_paths")
# The answer to these comes later, under the id that is given back: see `read_result`.
ANSWERED_LATER = ("undo", "preview", "preview_undo", "detect_paths")


def run_operation(call: Call, command: Command, folder: Path, here: str) -> object:
    """Carry out one operation; its answer as plain JSON.

    Raises:
        BadCallError: It does not say what it is about.
        NotKeptError: The command could not be written.
    """
    if command.mode == "sync" and not command.ids:
        raise BadCallError('"sync" names no ids', remedy='such as {"mode":"sync","ids":[45]}')
    if command.mode in {"undo", "preview_undo"} and not (command.ids or command.of):
        raise BadCallError(
            f'"{command.mode}" names nothing',
            remedy='give "ids", or "of" with the id of a run, "last" or "all"',
        )
    if command.mode in ANSWERED_LATER:
        command = replace(command, run=f"{command.mode}-{uuid.uuid4().hex}")
    send(call, command, folder, here)
    if command.mode in ANSWERED_LATER:
        return {"id": command.run}
    return {"accepted": len(command.ids)} if command.mode == "sync" else {"worker": "awake"}


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
