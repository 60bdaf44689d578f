"""The inbox: one file per event or command, written by anybody, taken by the worker alone.

Exit 0 of a hook means that its event is on disk under its final name. A hook does one local
write and one lock probe: no network, no third-party module, no `json`, no `os` (the built-in
modules below are all it can afford, see `docs/decisions.md`).

The inbox lies in the data folder: `<Dir>/plugin-data/PlexSync` where `Dir` is the folder of
Stash's configuration, or `data` in the plugin's own folder when the first could not be made at
first use. Whichever holds our data stays the only one.
"""

import sys
from time import time, time_ns

from sync_queue import host
from sync_queue.host import system

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

PIECE_BYTES = 65536
TICKET_SECONDS = 10.0  # a spawner that was killed blocks nobody for longer
REPLY = b'{"output":"kept"}\n'


def receive(here: str) -> bytes:
    """Keep what standard input holds if it is a hook's event, then end the process.

    Args:
        here: The plugin's folder.

    Returns:
        All of standard input when it is no hook's, or when its data folder is not named in the
        usual place: the caller parses it.
    """
    head = _read_head()
    config_folder = config_folder_of(head) if b'"hookContext"' in head else None
    if config_folder is None:
        return head + b"".join(iter(lambda: system.read(0, PIECE_BYTES), b""))
    try:
        folder = data_folder(config_folder, here)
        keep(folder, head, more=lambda: system.read(0, PIECE_BYTES))
    except OSError as error:
        _refuse(error)
    trouble = ""
    try:
        start_worker(folder, here)
    except OSError as error:
        trouble = f"\x01e\x02PlexSync kept the event but cannot start its worker: {error}\n"
    if trouble:
        system.write(2, trouble.encode("utf-8", "replace"))
    system.write(1, REPLY)
    system._exit(0)  # nothing is buffered; the interpreter's own end costs a tenth of the hook


def _read_head() -> bytes:
    head = b""
    while len(head) < PIECE_BYTES:
        piece = system.read(0, PIECE_BYTES)
        if not piece:
            break
        head += piece
    return head


def _refuse(error: OSError) -> None:
    """Say that an event could not be kept, and end with a code that Stash logs."""
    import json  # noqa: PLC0415 - a hook that fails may take its time

    text = (
        f"PlexSync could not keep this event: {error}; free disk space or make the folder "
        "writable, then save again"
    )
    system.write(1, json.dumps({"error": text}).encode() + b"\n")
    system._exit(1)


def config_folder_of(head: bytes) -> str | None:
    """The folder of Stash's configuration as the call names it; None when it does not.

    Stash writes `server_connection` first, and inside a JSON string every quote is escaped, so the
    first `"Dir":"` is the key itself.
    """
    at = head.find(b'"Dir"')
    if at < 0:
        return None
    start = at + 5
    while head[start : start + 1] in (b" ", b":", b"\t", b"\n", b"\r"):
        start += 1
    if head[start : start + 1] != b'"':
        return None
    start += 1
    end = head.find(b'"', start)
    text = head[start:end].decode("utf-8", "replace") if end >= 0 else ""
    if "\\" in text:
        text = _unescape(head[start:])
    return text or None


def _unescape(tail: bytes) -> str:
    try:
        from _json import scanstring  # noqa: PLC0415 - `json` itself costs as much as the hook

        return str(scanstring(tail.decode("utf-8", "replace"), 0, False)[0])
    except (ImportError, ValueError):
        return ""  # the caller's parser decides


def data_folder(config_folder: str, here: str) -> str:
    """The data folder, made at first use.

    Args:
        config_folder: The folder of Stash's configuration.
        here: The plugin's folder.

    Raises:
        OSError: Neither place can be made.
    """
    found = find_data_folder(config_folder, here)
    if found:
        return found
    usual = f"{config_folder}/plugin-data/PlexSync"
    fallback = f"{here}/data"
    try:
        _make_folders(f"{config_folder}/plugin-data", usual, f"{usual}/inbox")
    except OSError:
        if _is_there(f"{usual}/inbox"):
            return usual
        _make_folders(fallback, f"{fallback}/inbox")
        return fallback
    return usual


def find_data_folder(config_folder: str, here: str) -> str | None:
    """The data folder if it is there already; makes nothing. Arguments as for `data_folder`."""
    for folder in (f"{config_folder}/plugin-data/PlexSync", f"{here}/data"):
        if _is_there(f"{folder}/inbox"):
            return folder
    return None


def _make_folders(*folders: str) -> None:
    for folder in folders:
        try:
            system.mkdir(folder, 0o700)
        except FileExistsError:
            continue


def _is_there(path: str) -> bool:
    try:
        system.stat(path)
    except OSError:
        return False
    return True


def keep(folder: str, document: bytes, *, more: "Callable[[], bytes] | None" = None) -> str:
    """Write one event or command into the inbox; it is there when this returns.

    Names begin with a zero-padded time in nanoseconds, so that a sorted listing is the order of
    arrival. No fsync: a kill does not need it, and a power cut is covered by the catch-up pass.

    Args:
        folder: The data folder.
        document: The call as Stash wrote it, or its beginning.
        more: Reads the next piece of it, empty at the end; pieces keep a cover of megabytes out
            of memory.

    Returns:
        The file's name.

    Raises:
        OSError: It could not be written; nothing is left behind.
    """
    name = f"{time_ns():020d}-{system.getpid()}"
    unfinished = f"{folder}/inbox/{name}.tmp"
    handle = system.open(unfinished, host.CREATE_NEW, 0o600)
    try:
        try:
            piece = document
            while piece:
                written = system.write(handle, piece)
                piece = piece[written:] or (more() if more else b"")
        finally:
            system.close(handle)
        system.replace(unfinished, f"{folder}/inbox/{name}.json")
    except OSError:
        try:
            system.unlink(unfinished)
        except OSError:
            pass
        raise
    return f"{name}.json"


def start_worker(folder: str, here: str) -> bool:
    """Start the worker unless one lives or is just being started.

    Of many callers that find no worker exactly one wins the ticket. The lock is probed again
    after that, because the worker of an earlier ticket may have taken it meanwhile.

    Returns:
        Whether this call started one.

    Raises:
        OSError: The process cannot be started, or the data folder not be written.
    """
    lock = f"{folder}/worker.lock"
    if host.is_held(lock) or not _win_ticket(f"{folder}/worker.start"):
        return False
    if host.is_held(lock):
        drop_ticket(folder)
        return False
    log = f"{folder}/worker.log"
    arguments = [sys.executable, "-I", "-S", f"{here}/PlexSync.py", "--worker", folder]
    _write_ticket(folder, host.start_detached(arguments, log))
    return True


def keep_ticket(folder: str) -> None:
    """Let nobody start a worker for some seconds: this one could not."""
    _write_ticket(folder, None)


def _write_ticket(folder: str, process: int | None) -> None:
    """Name the process that the ticket stands for, unless the worker took the ticket already."""
    try:
        handle = system.open(f"{folder}/worker.start", system.O_WRONLY | system.O_TRUNC)
    except OSError:
        return
    try:
        system.write(handle, b"" if process is None else str(process).encode())
    finally:
        system.close(handle)


def drop_ticket(folder: str) -> None:
    """Take back the start ticket; the worker does it once it holds the lock."""
    try:
        system.unlink(f"{folder}/worker.start")
    except OSError:
        pass


def _win_ticket(path: str) -> bool:
    for _ in range(2):
        try:
            handle = system.open(path, host.CREATE_NEW, 0o600)
        except FileExistsError:
            try:
                if _is_valid(path):
                    return False
                system.unlink(path)
            except OSError:
                continue  # somebody else was quicker
        else:
            system.write(handle, str(system.getpid()).encode())
            system.close(handle)
            return True
    return False


def _is_valid(path: str) -> bool:
    """Whether a ticket still stands for a start: it is young, and who it names lives.

    It names its spawner until the worker runs, then the worker; so a spawner that was killed in
    between leaves no event without a worker. One that names nobody counts by its age alone.
    """
    if abs(time() - system.stat(path).st_mtime) >= TICKET_SECONDS:
        return False
    handle = system.open(path, system.O_RDONLY)
    try:
        named = system.read(handle, 20)
    finally:
        system.close(handle)
    return not named.isdigit() or host.is_alive(int(named))
