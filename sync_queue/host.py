"""The one place that knows the platform: the lock probe and the start of a detached process.

The hook uses this module, so it imports built-in modules only (`os` costs a tenth of a hook).
`filelock` holds the worker's lock with `flock` (POSIX) or `msvcrt.locking` (Windows) on the first
byte; `is_held` probes with the same kind, because on POSIX `lockf` does not see `flock`.
"""

import sys

__all__ = [
    "CREATE_NEW",
    "READ_WRITE",
    "hold",
    "is_alive",
    "is_held",
    "let_go",
    "start_detached",
    "system",
]

if sys.platform == "win32":
    import msvcrt
    import nt as system

    _BINARY = system.O_BINARY
else:
    import fcntl
    import posix as system

    _BINARY = 0

READ_WRITE = system.O_RDWR | system.O_CREAT | _BINARY
CREATE_NEW = system.O_WRONLY | system.O_CREAT | system.O_EXCL | _BINARY


def is_held(path: str) -> bool:
    """Whether another process holds the lock file `path`.

    On POSIX this takes a shared lock for an instant: probes do not disturb each other, and a
    worker that starts at that very moment tries again.

    Raises:
        OSError: The file can be neither opened nor made.
    """
    handle = system.open(path, READ_WRITE, 0o600)
    try:
        _lock(handle, shared=True)
    except OSError:
        return True
    finally:
        system.close(handle)
    return False


def hold(path: str) -> int | None:
    """Hold the lock file `path` until the process ends or `let_go`; None when it is taken.

    Returns:
        The descriptor that carries the lock. A killed process frees it, which is the point.
    """
    handle = system.open(path, READ_WRITE, 0o600)
    try:
        _lock(handle, shared=False)
    except OSError:
        system.close(handle)
        return None
    return int(handle)


def let_go(handle: int) -> None:
    """Free a lock taken by `hold`."""
    system.close(handle)


def start_detached(arguments: list[str], log_path: str) -> int:
    """Start a process that outlives this one and holds none of its pipes.

    A grandchild that inherits stdout blocks the user's save for its whole life. `posix_spawn` with
    a new session costs 1.08x of a bare hook, `subprocess` 2.5x.

    Args:
        arguments: The program with its arguments.
        log_path: Where the process' stderr is appended.

    Returns:
        Its process id.

    Raises:
        OSError: The process cannot be started.
    """
    if sys.platform == "win32" or not hasattr(system, "posix_spawn"):
        return _start_with_subprocess(arguments, log_path)
    append = system.O_WRONLY | system.O_CREAT | system.O_APPEND
    redirections = [
        (system.POSIX_SPAWN_OPEN, 0, "/dev/null", system.O_RDONLY, 0),
        (system.POSIX_SPAWN_OPEN, 1, "/dev/null", system.O_WRONLY, 0),
        (system.POSIX_SPAWN_OPEN, 2, log_path, append, 0o600),
    ]
    try:
        return int(
            system.posix_spawn(
                arguments[0], arguments, system.environ, file_actions=redirections, setsid=True
            )
        )
    except NotImplementedError:  # a C library without POSIX_SPAWN_SETSID
        return _start_with_subprocess(arguments, log_path)


def is_alive(process: int) -> bool:
    """Whether a process may live; on Windows nobody can be asked without being ended."""
    if sys.platform == "win32":
        return True
    try:
        system.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's
    return True


def _start_with_subprocess(arguments: list[str], log_path: str) -> int:
    import subprocess  # noqa: PLC0415 - dearer than a whole hook, and rarely needed

    flags = 0
    if sys.platform == "win32":
        flags = (
            subprocess.CREATE_NO_WINDOW
            | subprocess.DETACHED_PROCESS
            | subprocess.CREATE_NEW_PROCESS_GROUP
        )
    with open(log_path, "ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and script
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            close_fds=True,
            start_new_session=sys.platform != "win32",
            creationflags=flags,
        ).pid


def _lock(handle: int, *, shared: bool) -> None:
    if sys.platform == "win32":
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
