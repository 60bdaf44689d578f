"""Starts measuring, then is `PlexSync.py`: `python3 -I -S child.py PACKAGES .../PlexSync.py ...`.

The plugin finds what it would find without this: its own arguments, no site-packages on the path.
Only modules that coverage.py has imported are there already.

Stash waits for hooks, and tests count on how quick they are; starting to measure takes ten times
as long. So a hook that Stash starts is let through, and measured are those that a test starts by
itself. Nothing is imported here that a hook would have to wait for.
"""

import posix
import sys

BY_STASH = b"PYTHONPATH" in posix.environ  # Stash sets it to the folder of its plugins


def start(packages: str) -> None:
    """Start coverage.py; what was measured is kept even if the process ends without notice."""
    sys.path.append(packages)
    import coverage  # noqa: PLC0415 - the path to it was only just known

    sys.path.remove(packages)
    measured = coverage.process_startup()
    end = posix._exit

    def keep_and_end(status: int) -> None:
        if measured is not None:
            measured.stop()
            measured.save()
        end(status)

    posix._exit = keep_and_end  # type: ignore[assignment] # it is how a hook ends


def start_unless_hook(packages: str) -> None:
    """Start with the first that is read of a call, unless it is a hook's."""
    read = posix.read

    def read_first(handle: int, size_bytes: int) -> bytes:
        posix.read = read
        piece = read(handle, size_bytes)
        if b'"hookContext"' not in piece:
            start(packages)
        return piece

    posix.read = read_first  # our inbox reads through the module


def become(program: str) -> None:
    """Run the program in this process as the interpreter would."""
    with open(program, "rb") as file:  # noqa: PTH123 - a hook waits for pathlib
        code = compile(file.read(), program, "exec")
    exec(code, {"__name__": "__main__", "__file__": program, "__builtins__": __builtins__})


if __name__ == "__main__":
    _, folder, script, *arguments = sys.argv
    sys.argv = [script, *arguments]
    if BY_STASH and not arguments:
        start_unless_hook(folder)
    else:
        start(folder)
    become(script)
