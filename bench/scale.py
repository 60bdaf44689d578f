"""`make bench`: what a hundred thousand scenes cost, as counts and as ratios to a floor.

A real worker runs between two byte stand-ins, each in a process of its own, with 2 ms added to
every answer. Everything happens in a temporary folder and on loopback; every process is ended.
Prints one table and writes the same to `bench/results/scale.json`; exits non-zero if a row does not
hold.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench import (
    equal_rows,
    large_rows,
    match_rows,
    report,
    run_rows,
    save_rows,
    slow_rows,
    start_rows,
)
from bench.measure import Row
from bench.rigs import QUICK, Rigs, Sizes

ROWS: dict[str, Callable[[Rigs], list[Row]]] = {
    "first": run_rows.first,
    "bulk": run_rows.bulk,
    "save": save_rows.save,
    "newfile": save_rows.newfile,
    "unchanged": run_rows.unchanged,
    "ten": large_rows.ten,
    "catchup": large_rows.catchup,
    "memory": large_rows.memory,
    "growth": large_rows.growth,
    "equal": equal_rows.equal,
    "matching": match_rows.matching,
    "start": start_rows.start,
    "slow": slow_rows.slow,
}


def main() -> int:
    """Measure; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    options = report.parsed(parser)
    header = {**report.machine(), "options": sys.argv[1:]}
    sizes = QUICK if options.quick else Sizes()
    with (
        tempfile.TemporaryDirectory(prefix="plexsync bench ") as folder,
        Rigs(Path(folder), sizes) as rigs,
    ):
        known = {name: partial(one, rigs) for name, one in ROWS.items()}
        found = report.measured(report.chosen(parser, options.rows, known))
    return report.written(report.FOLDER / "scale.json", header, found, with_cpu=True)


if __name__ == "__main__":
    sys.exit(main())
