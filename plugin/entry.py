"""Everything that Stash starts and that is no hook: tasks, operations, the worker itself.

One JSON reply on every path, and an exit code that Stash can log.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from errors import BadCallError, NotInstalledError, NotKeptError, PlexSyncError
from plugin import protocol
from plugin.dependencies import find_dependencies
from stash.call import Call, Command, read_call
from sync_queue.inbox import (
    data_folder,
    find_data_folder,
    keep,
    keep_ticket,
    start_worker,
)
from worker.state import show_why

# Modes that start nothing and write nothing, not even a data folder. Each call imports only what
# it needs: most of what it costs is importing.
READING = {
    "status": "plugin.status:read_status",
    "show_status": "plugin.tasks:show_status",
    "scene": "plugin.scene_view:read_scene",
    "marks": "plugin.scene_view:read_marks",
    "troubles": "plugin.scene_view:read_troubles",
    "settings": "plugin.settings_view:read_settings_view",
    "result": "plugin.results:read_result",
    "support": "plugin.support:read_support",
}


def run(here: str, arguments: list[str], document: bytes) -> NoReturn:
    """Answer one call and end the process.

    Args:
        here: The plugin's folder.
        arguments: The command line after the program's name.
        document: What Stash wrote to standard input.
    """
    if arguments[:1] == ["--worker"] and len(arguments) == 2:
        sys.exit(_be_worker(here, Path(arguments[1]).resolve()))
    if arguments:
        from plugin.by_hand import run_by_hand  # noqa: PLC0415 - Stash gives no arguments

        sys.exit(run_by_hand(here, arguments))
    try:
        output = _answer(here, document)
    except PlexSyncError as error:
        _fail(f"PlexSync: {error}")
    except Exception as error:  # noqa: BLE001 - Stash has to be told something whatever went wrong
        _fail(f"PlexSync: unexpected {type(error).__name__} {_place(error)}")
    protocol.reply(output)
    sys.exit(0)


def _be_worker(here: str, folder: Path) -> int:
    find_dependencies(here)
    try:
        from worker.main import run_worker  # noqa: PLC0415 - needs what was just found
    except ModuleNotFoundError as missing:
        error = NotInstalledError(
            f"the Python module {missing.name} is not installed for {sys.executable}",
            remedy="install a release of PlexSync, or its requirements.txt for that Python",
        )
        show_why(folder, error)
        keep_ticket(str(folder))
        sys.stderr.write(f"{error}\n")  # appended to worker.log
        return 1
    try:
        return run_worker(folder, Path(here).resolve())
    except PlexSyncError:
        return 1  # said in the log and in the state


def _place(error: BaseException) -> str:
    """Where it was raised; its text may name what Stash's log is not to hold."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"in {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""


def _fail(message: str) -> NoReturn:
    protocol.reply_error(message)
    sys.exit(1)


def _answer(here: str, document: bytes) -> object:
    call = read_call(document)
    if not call.connection.config_folder:
        raise BadCallError('the call names no "Dir"; it does not come from Stash')
    if not isinstance(call.wants, Command):
        return _keep_event(_data_folder(call, here), here, document)
    return _obey(call, call.wants, here)


def _data_folder(call: Call, here: str) -> Path:
    try:
        return Path(data_folder(call.connection.config_folder, here)).resolve()
    except OSError as error:
        raise NotKeptError(
            f"the data folder cannot be made: {error}", remedy="make Stash's folder writable"
        ) from error


def _keep_event(folder: Path, here: str, document: bytes) -> str:
    """Keep an event whose text the hook's own way could not take apart."""
    try:
        keep(str(folder), document)
        start_worker(str(folder), here)
    except OSError as error:
        raise NotKeptError(
            f"this event could not be kept: {error}",
            remedy="free disk space or make the folder writable, then save again",
        ) from error
    return "kept"


def _obey(call: Call, command: Command, here: str) -> object:
    if command.mode in READING:
        found = find_data_folder(call.connection.config_folder, here)
        module, _, name = READING[command.mode].partition(":")
        read: Callable[[Path | None, Command], object] = getattr(import_module(module), name)
        return read(Path(found) if found else None, command)
    from plugin.operations import ASKING, run_operation  # noqa: PLC0415 - a look does not need it
    from plugin.tasks import TASKS, run_task  # noqa: PLC0415 - nor this

    if command.mode in ASKING:
        return run_operation(call, command, _data_folder(call, here), here)
    if command.mode in TASKS:
        return run_task(call, command, _data_folder(call, here), here)
    known = ", ".join(sorted({*READING, *ASKING, *TASKS}))
    raise BadCallError(f"unknown mode {command.mode!r}", remedy=f"known are {known}")
