"""Starts and times processes from a small one: `python -I -S launcher.py`, one request a line.

A process that starts others lends them its size (a child's peak memory counts what its parent had
at that moment) and its pace (a parent that serves HTTP in threads times its own switching). So
this one is a bare Python that imports built-in modules only.

A request is tab-separated, and so is each line of its answer:
  time    FILE ARGV...         -> seconds, code, peak KB, reply; FILE is `-` for empty input
  memory  FILE ARGV...         -> the same, started so that the peak is the child's own
  burst   WIDTH COUNT FOLDER ARGV...  -> the same COUNT times, at most WIDTH at once, then `done`
                                  and the pids of orphans; inputs are FOLDER/0, FOLDER/1, ...
"""

import posix
import sys
from time import perf_counter

PIECE_BYTES = 65536
SMALL_BYTES = 60_000  # fits into a pipe that nobody reads yet
CHILD_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of Linux


def _spawn(arguments: list[str], stdin: int, stdout: int) -> int:
    moves = [
        (posix.POSIX_SPAWN_DUP2, stdin, 0),
        (posix.POSIX_SPAWN_DUP2, stdout, 1),
    ]
    return posix.posix_spawn(arguments[0], arguments, posix.environ, file_actions=moves)


def _fork(arguments: list[str], stdin: int, stdout: int) -> int:
    """Like `_spawn`, but a fork starts with this process' private pages only: some 4 MB."""
    pid = posix.fork()
    if pid == 0:
        posix.dup2(stdin, 0)
        posix.dup2(stdout, 1)
        posix.execv(arguments[0], arguments)
    return pid


def _feed(pipe: int, pieces: list[bytes], source: int) -> None:
    try:
        for piece in pieces:
            _write_all(pipe, piece)
        while source >= 0:
            piece = posix.read(source, PIECE_BYTES)
            if not piece:
                break
            _write_all(pipe, piece)
    except BrokenPipeError:
        pass  # bare Python reads nothing
    posix.close(pipe)


def _write_all(pipe: int, piece: bytes) -> None:
    rest = memoryview(piece)
    while rest:
        rest = rest[posix.write(pipe, rest) :]


def _read_all(pipe: int) -> bytes:
    found = b""
    while True:
        piece = posix.read(pipe, PIECE_BYTES)
        if not piece:
            posix.close(pipe)
            return found
        found += piece


def _answer(seconds: float, status: int, peak: int, reply: bytes) -> None:
    code = posix.waitstatus_to_exitcode(status)
    sys.stdout.write(f"{seconds:.6f}\t{code}\t{peak}\t{reply.decode('utf-8', 'replace').strip()}\n")


def _pieces(path: str) -> list[bytes]:
    if path == "-":
        return []
    handle = posix.open(path, posix.O_RDONLY | posix.O_CLOEXEC)
    try:
        return [posix.read(handle, posix.fstat(handle).st_size)]
    finally:
        posix.close(handle)


def one(path: str, arguments: list[str], *, is_lean: bool) -> None:
    """Run one process; it is over when its output ended and it exited, as for Stash."""
    source = posix.open(path, posix.O_RDONLY | posix.O_CLOEXEC) if is_lean and path != "-" else -1
    pieces = [] if is_lean else _pieces(path)
    began = perf_counter()
    their_in, our_out = posix.pipe()
    our_in, their_out = posix.pipe()
    pid = (_fork if is_lean else _spawn)(arguments, their_in, their_out)
    posix.close(their_in)
    posix.close(their_out)
    _feed(our_out, pieces, source)
    reply = _read_all(our_in)
    _, status, usage = posix.wait4(pid, 0)
    _answer(perf_counter() - began, status, usage.ru_maxrss, reply)
    if source >= 0:
        posix.close(source)


def burst(width: int, count: int, folder: str, arguments: list[str]) -> None:
    """Keep `width` processes running until `count` are over; each is timed by itself."""
    inputs = [_pieces(f"{folder}/{n}" if folder != "-" else "-") for n in range(count)]
    running: dict[int, tuple[float, int]] = {}
    orphans: list[int] = []
    at = 0
    while running or at < count:
        while at < count and len(running) < width:
            began = perf_counter()
            their_in, our_out = posix.pipe()
            our_in, their_out = posix.pipe()
            _feed(our_out, inputs[at], -1)
            running[_spawn(arguments, their_in, their_out)] = (began, our_in)
            posix.close(their_in)
            posix.close(their_out)
            at += 1
        pid, status, usage = posix.wait4(-1, 0)
        if pid not in running:
            orphans.append(pid)
            continue
        began, our_in = running.pop(pid)
        _answer(perf_counter() - began, status, usage.ru_maxrss, _read_all(our_in))
    print("done", *orphans, sep="\t")


def orphans_that_ended() -> None:
    """Name what ended since: a worker that found the lock taken."""
    found: list[int] = []
    try:
        while True:
            pid, _ = posix.waitpid(-1, posix.WNOHANG)
            if pid == 0:
                break
            found.append(pid)
    except ChildProcessError:
        pass
    print("done", *found, sep="\t")


def adopt_orphans() -> None:
    """Become the parent of what hooks leave behind, so that every worker that was started shows."""
    import ctypes  # noqa: PLC0415 - dear, and the peaks of others need a small process

    ctypes.CDLL(None).prctl(CHILD_SUBREAPER, 1, 0, 0, 0)


def main() -> None:
    """Serve requests until standard input ends."""
    if "--adopt" in sys.argv:
        adopt_orphans()
    for line in sys.stdin:
        what, *rest = line.rstrip("\n").split("\t")
        if what == "burst":
            burst(int(rest[0]), int(rest[1]), rest[2], rest[3:])
        elif what == "orphans":
            orphans_that_ended()
        else:
            one(rest[0], rest[1:], is_lean=what == "memory")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
