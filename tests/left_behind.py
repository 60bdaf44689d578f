"""Processes that outlive their test: what works on takes time from all that comes later."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from tests.waiting import wait_for


def wait_until_alone(folder: Path, *, seconds: float = 20.0) -> None:
    """Wait until no process lives that was started with a path below a folder.

    Linux only: elsewhere nobody looks. A worker that was asked to end needs a moment for it.

    Raises:
        AssertionError: One is left; its command line, whose paths tell the test, is named.
    """
    if sys.platform != "linux":
        return
    with suppress(AssertionError):  # what is said below is more than that somebody waited
        wait_for(lambda: not processes_below(folder), what="every end", seconds=seconds)
    left = processes_below(folder)
    assert left == {}, f"tests left processes behind: {left}"


def processes_below(folder: Path) -> dict[int, str]:
    """The command lines that name something below a folder, by pid; our own is left out."""
    named = os.fsencode(folder) + b"/"
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with suppress(OSError):  # it ended meanwhile
            line = (entry / "cmdline").read_bytes()  # empty where it only waits to be reaped
            if named in line:
                found[int(entry.name)] = os.fsdecode(line.replace(b"\0", b" ").strip())
    return found
