"""`make profile`: where the worker's time goes, in the row "first", "bulk" or "save".

The worker runs under cProfile, which makes Python's own calls dearer than they are: trust the order
more than the seconds. Waiting for an answer counts as own time of the socket's read, and the time
in which another thread runs as that of whatever was interrupted.
"""

from __future__ import annotations

import argparse
import pstats
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from bench.rig import Rig
from bench.worked import Worked
from plugin.status import worker_lives

PROFILED = Path(__file__).with_name("profiled_worker.py")
LINES = 30
OURS = ("worker", "plex", "stash", "mirror", "sync_queue", "plugin", "sqlite_file.py", "errors.py")
# What a function's file or name holds, and whose it is; the first that fits counts.
OTHERS = {
    "requests and urllib3": ("requests/", "urllib3/", "http/client.py", "http/cookie"),
    "waiting for an answer": ("'recv_into' of", "'poll' of", "built-in method select"),
    "the socket": ("socket.py", "_socket", "ssl.py"),
    "json": ("/json/", "_json"),
    "sqlite3": ("sqlite3", "persistqueue/", "diskcache/"),
    "xml": ("/xml/", "pyexpat", "xml.etree", "xmlparser"),
    "sleeping": ("built-in method time.sleep", "'acquire' of"),
    "logging": ("/logging/",),
    "files": ("built-in method posix",),
    "email and http headers": ("/email/", "feedparser"),
}
WAITING = {"waiting for an answer", "sleeping"}

Function = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Spent:
    """How often a function was called, and the seconds in it alone and with what it calls."""

    calls: int
    own: float
    whole: float


class Profile:
    """What was counted of all threads of one worker."""

    def __init__(self, files: Iterable[Path]) -> None:
        first, *others = map(str, files)
        counted = pstats.Stats(first)
        for other in others:
            counted.add(other)
        raw: dict[Function, tuple[int, int, float, float, object]]
        raw = counted.stats  # type: ignore[attr-defined]
        self._spent = {
            function: Spent(calls, own, whole)
            for function, (_, calls, own, whole, _) in raw.items()
        }

    def most(self, by: Literal["own", "whole"], here: Path) -> list[str]:
        """The most expensive functions."""
        rows = sorted(self._spent.items(), key=lambda one: -getattr(one[1], by))[:LINES]
        return [
            f"{getattr(spent, by):9.3f} s {spent.calls:>9,} calls  {_named(function, here)}"
            for function, spent in rows
        ]

    def shares(self, here: Path) -> list[str]:
        """Own time by whose code it is; the percentage is of what is no waiting."""
        by_owner: dict[str, float] = {}
        for function, spent in self._spent.items():
            owner = _owner(function, here)
            by_owner[owner] = by_owner.get(owner, 0.0) + spent.own
        total = sum(seconds for owner, seconds in by_owner.items() if owner not in WAITING)
        return [
            f"{seconds:9.3f} s {_percent(owner, seconds, total)}  {owner}"
            for owner, seconds in sorted(by_owner.items(), key=lambda one: -one[1])
        ]


def _percent(owner: str, seconds: float, total: float) -> str:
    return "       " if owner in WAITING else f"{100 * seconds / total:5.1f} %"


def _owner(function: Function, here: Path) -> str:
    file, _, name = function
    if file.startswith(str(here)):
        part = Path(file).relative_to(here).parts[0]
        return f"ours: {part.removesuffix('.py')}/" if part in OURS else "ours: the rest"
    text = f"{file} {name}"
    fits = (owner for owner, marks in OTHERS.items() if any(mark in text for mark in marks))
    return next(fits, "Python and the rest")


def _named(function: Function, here: Path) -> str:
    file, line, name = function
    if file == "~":
        return name
    path = Path(file)
    short = path.relative_to(here) if path.is_relative_to(here) else Path(*path.parts[-2:])
    return f"{short}:{line} {name}"


def profiled(folder: Path, row: str, scenes: int, count: int) -> tuple[Worked, Profile, Path]:
    """Run one row under the profiler."""
    profiles = folder / "profiles"
    profiles.mkdir()
    started: list[subprocess.Popen[bytes]] = []

    def launch(data: str, here: str) -> None:
        """Start the worker as the plugin does, but profiled."""
        if not worker_lives(Path(data)):
            command = [sys.executable, "-I", "-S", str(PROFILED), here, data, str(profiles)]
            started.append(subprocess.Popen(command))

    with Rig(folder / "rig", scenes, launch=launch if row == "first" else None) as rig:
        if row != "first":
            rig.start_worker()
            rig.run()
            rig.end_worker()
            rig.launch = launch
        rig.start_worker()
        if row == "first":
            worked = rig.run()
        else:
            ids = range(1, count + 1)
            rig.stash.change(ids, "title")
            # One event at a time, or all of them at once.
            some = [rig.save([one]) for one in ids] if row == "save" else [rig.save(ids)]
            worked = replace(
                some[-1],
                seconds=sum(one.seconds for one in some),
                cpu=sum(one.cpu for one in some),
            )
        rig.end_worker()
        for process in started:
            process.wait(timeout=60)
        return worked, Profile(sorted(profiles.glob("*.profile"))), rig.here


def main() -> int:
    """Profile one row; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.profiling", description=__doc__)
    parser.add_argument("--row", choices=("first", "bulk", "save"), default="bulk")
    parser.add_argument("--scenes", type=int, default=2_000, help="how many there are")
    parser.add_argument("--changed", type=int, default=1_000, help="how many are saved")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plexsync profile ") as folder:
        worked, profile, here = profiled(
            Path(folder), options.row, options.scenes, min(options.changed, options.scenes)
        )
        print(f"{options.row}: {worked.seconds:.1f} s, of them {worked.cpu:.1f} s of CPU")
        for head, lines in (
            ("by own time", profile.most("own", here)),
            ("with what they call", profile.most("whole", here)),
            ("own time by whose code it is", profile.shares(here)),
        ):
            print(f"\n{head}\n" + "\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
