"""`make bench-hook`: what a hook, the queue and the resident worker cost on this machine.

Everything happens in a temporary folder and on loopback; every process is ended. Prints one table
and writes the same to `bench/results/hook.json`; exits non-zero if a row does not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timezone
from functools import partial
from importlib.metadata import version
from pathlib import Path

from bench import hook_rows, queue_rows, worker_rows
from bench.measure import Row

RESULTS = Path(__file__).with_name("results") / "hook.json"
LIBRARIES = ("diskcache", "filelock", "persist-queue", "plexapi", "requests", "stashapp-tools")


def rows(*, is_quick: bool, is_full: bool) -> dict[str, Callable[[Path], list[Row]]]:
    """Every group of rows by its name for `--rows`."""
    measured: dict[str, Callable[..., list[Row]]] = {
        "running": hook_rows.running,
        "starting": hook_rows.starting,
        "burst": hook_rows.burst,
        "memory": hook_rows.memory,
        "cover": hook_rows.cover,
        "thousand": hook_rows.thousand,
        "queue": queue_rows.queue,
        "idle": partial(worker_rows.idle, is_full=is_full),
        "save": worker_rows.save,
    }
    return {name: partial(one, is_quick=is_quick) for name, one in measured.items()}


def machine() -> dict[str, object]:
    """Where it was measured."""
    return {
        "at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "cpu": _cpu_model(),
        "os": platform.platform(),
        "load_at_start": os.getloadavg(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def table(found: list[Row]) -> str:
    """The rows as Markdown."""
    head = ("row", "what was measured", "must", "measured", "holds")
    cells = [(one.name, one.what, one.must, one.measured, _word(one)) for one in found]
    lines = [head, tuple("---" for _ in head), *cells]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _word(row: Row) -> str:
    return "yes" if row.holds else "NO"


def main() -> int:
    """Measure; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.hook", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, about a minute")
    parser.add_argument("--full", action="store_true", help="100,000 scenes before the idling")
    parser.add_argument("--rows", default="", help="names, separated by commas")
    options = parser.parse_args()
    known = rows(is_quick=options.quick, is_full=options.full)
    wanted = [one for one in options.rows.split(",") if one] or list(known)
    unknown = set(wanted) - set(known)
    if unknown:
        parser.error(f"no rows named {', '.join(sorted(unknown))}; known: {', '.join(known)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what runs is ended
    header = {**machine(), "options": sys.argv[1:]}
    found: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="plexsync bench ") as folder:
        for name in wanted:
            print(f"{name} ...", file=sys.stderr, flush=True)
            found += known[name](Path(folder) / name)
    _write({"machine": header, "rows": [asdict(one) for one in found]})
    print(table(found))
    return 0 if all(one.holds for one in found) else 1


def _write(results: dict[str, object]) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
