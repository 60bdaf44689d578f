"""`make bench-hook`: what a hook, the queue and the resident worker cost on this machine.

Everything happens in a temporary folder and on loopback; every process is ended. Prints one table
and writes the same to `bench/results/hook.json`; exits non-zero if a row does not hold.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench import hook_rows, queue_rows, report, worker_rows
from bench.measure import Row


def rows(folder: Path, *, is_quick: bool, is_full: bool) -> dict[str, Callable[[], list[Row]]]:
    """Every group of rows by its name for `--rows`."""
    known: dict[str, Callable[..., list[Row]]] = {
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
    return {name: partial(one, folder / name, is_quick=is_quick) for name, one in known.items()}


def main() -> int:
    """Measure; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.hook", description=__doc__)
    parser.add_argument("--full", action="store_true", help="100,000 scenes before the idling")
    options = report.parsed(parser)
    header = {**report.machine(), "options": sys.argv[1:]}
    with tempfile.TemporaryDirectory(prefix="plexsync bench ") as folder:
        known = rows(Path(folder), is_quick=options.quick, is_full=options.full)
        found = report.measured(report.chosen(parser, options.rows, known))
    return report.written(report.FOLDER / "hook.json", header, found)


if __name__ == "__main__":
    sys.exit(main())
