"""What is measured and how: processes through a small launcher, ratios, and `/proc`.

Ratios are taken from runs that alternate, so that whatever else the machine does meets both sides.
"""

from __future__ import annotations

import math
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

LAUNCHER = Path(__file__).with_name("launcher.py")
BARE = (sys.executable, "-I", "-S", "-c", "pass")
REPLY = '{"output":"kept"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table.

    Attributes:
        name: What `--rows` calls it.
        facts: The figures behind `measured`, for the JSON.
    """

    name: str
    what: str
    must: str
    measured: str
    holds: bool
    facts: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How one process went."""

    seconds: float
    code: int
    peak_kb: int
    reply: str

    @property
    def is_kept(self) -> bool:
        """Whether it was a hook that kept its event."""
        return self.code == 0 and self.reply == REPLY


class Launcher:
    """The small process that starts the measured ones; `with` ends it."""

    def __init__(self, *, adopts: bool = False) -> None:
        options = ["--adopt"] if adopts else []
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(LAUNCHER), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Launcher:
        """It runs already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let it end by itself."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        self._process.wait()

    def time(self, arguments: Sequence[str], document: Path | None = None) -> Ended:
        """Run one process."""
        self._ask("time", str(document or "-"), *arguments)
        return _ended(self._line())

    def weigh(self, arguments: Sequence[str], document: Path | None = None) -> Ended:
        """Run one process whose peak memory is its own."""
        self._ask("memory", str(document or "-"), *arguments)
        return _ended(self._line())

    def burst(
        self, arguments: Sequence[str], *, width: int, count: int, documents: Path | None = None
    ) -> list[Ended]:
        """Run many, `width` at once; `documents` holds the inputs, named 0, 1, ..."""
        self._ask("burst", str(width), str(count), str(documents or "-"), *arguments)
        ended: list[Ended] = []
        while not (line := self._line()).startswith("done"):
            ended.append(_ended(line))
        self.orphans = _pids(line)
        return ended

    def ended_orphans(self) -> list[int]:
        """What hooks left behind and what ended since; only where it adopts."""
        self._ask("orphans")
        self.orphans += _pids(self._line())
        return self.orphans

    def _ask(self, *words: str) -> None:
        assert self._process.stdin
        self._process.stdin.write("\t".join(words) + "\n")
        self._process.stdin.flush()

    def _line(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the launcher ended")
        return line.rstrip("\n")


def _pids(line: str) -> list[int]:
    return [int(word) for word in line.split("\t")[1:]]


def _ended(line: str) -> Ended:
    seconds, code, peak, reply = line.split("\t", 3)
    return Ended(seconds=float(seconds), code=int(code), peak_kb=int(peak), reply=reply)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """Two sides in seconds, measured in turn."""

    ours: float
    bare: float

    @property
    def times(self) -> float:
        """How many times as long ours takes."""
        return self.ours / self.bare

    def __str__(self) -> str:
        """Say the ratio and both sides."""
        return f"{self.times:.2f}x ({1000 * self.ours:.1f} / {1000 * self.bare:.1f} ms)"

    def facts(self) -> dict[str, object]:
        """The same for the JSON."""
        sides = {"ours_ms": round(1000 * self.ours, 3), "bare_ms": round(1000 * self.bare, 3)}
        return {"ratio": round(self.times, 3), **sides}


def in_turn(
    rounds: int, ours: Callable[[], float], bare: Callable[[], float]
) -> tuple[list[float], list[float]]:
    """Seconds of both sides; each goes first in every other round."""
    mine: list[float] = []
    theirs: list[float] = []
    for number in range(rounds):
        if number % 2:
            mine.append(ours())
            theirs.append(bare())
        else:
            theirs.append(bare())
            mine.append(ours())
    return mine, theirs


def medians(ours: Sequence[float], bare: Sequence[float]) -> Ratio:
    """The ratio of the medians."""
    return Ratio(ours=statistics.median(ours), bare=statistics.median(bare))


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all does not pass."""
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * share) - 1, 0)]


# What a process used, as Linux counts it


def cpu_seconds(pid: int) -> float:
    """CPU time of all threads; in nanoseconds where the kernel counts them, else in 10 ms."""
    tasks = list(Path(f"/proc/{pid}/task").iterdir())
    exact = [task / "schedstat" for task in tasks]
    if all(file.exists() for file in exact):
        return sum(int(file.read_text().split()[0]) for file in exact) / 1e9
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    """Memory in use now."""
    return _kb(pid, "VmRSS") / 1024


def peak_mb(pid: int) -> float:
    """Most memory that was ever in use."""
    return _kb(pid, "VmHWM") / 1024


def _kb(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise LookupError(name)


def written_bytes(pid: int) -> int:
    """What the process caused to be written to a disk."""
    for line in Path(f"/proc/{pid}/io").read_text().splitlines():
        if line.startswith("write_bytes:"):
            return int(line.split()[1])
    raise LookupError("write_bytes")
