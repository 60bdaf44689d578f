"""What both benchmarks print and write: the machine, a table, and the same as JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

from bench.measure import Row

FOLDER = Path(__file__).with_name("results")
LIBRARIES = ("diskcache", "filelock", "persist-queue", "plexapi", "requests", "urllib3")
CPU = "worker_cpu_per_thousand"  # of a row's facts: what the column about CPU shows


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


def table(found: Sequence[Row], *, with_cpu: bool = False) -> str:
    """The rows as Markdown.

    Args:
        found: What was measured.
        with_cpu: A column shows the worker's CPU seconds for 1,000 scenes.
    """
    head = ("row", "what was measured", "must", "measured", "holds")
    cells = [(one.name, one.what, one.must, one.measured, _word(one)) for one in found]
    lines: list[tuple[str, ...]] = [head, tuple("---" for _ in head), *cells]
    if with_cpu:
        column = ["worker's CPU s / 1,000 scenes", "---", *map(_cpu, found)]
        lines = [(*line[:-1], text, line[-1]) for line, text in zip(lines, column, strict=True)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _word(row: Row) -> str:
    return "yes" if row.holds else "NO"


def _cpu(row: Row) -> str:
    seconds = row.facts.get(CPU)
    return f"{seconds:.2f}" if isinstance(seconds, float) else "-"


def parsed(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """The options, those that every benchmark has among them."""
    parser.add_argument("--quick", action="store_true", help="less of everything, about a minute")
    parser.add_argument("--rows", default="", help="names, separated by commas")
    return parser.parse_args()


def chosen(
    parser: argparse.ArgumentParser,
    rows: str,
    known: Mapping[str, Callable[[], list[Row]]],
) -> dict[str, Callable[[], list[Row]]]:
    """The rows that were asked for, all of them without a name; ends for an unknown one."""
    names = [one for one in rows.split(",") if one] or list(known)
    unknown = set(names) - set(known)
    if unknown:
        parser.error(f"no rows named {', '.join(sorted(unknown))}; known: {', '.join(known)}")
    return {name: known[name] for name in names}


def measured(rows: Mapping[str, Callable[[], list[Row]]]) -> list[Row]:
    """Measure them one after the other."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what runs is ended
    found: list[Row] = []
    for name, measure in rows.items():
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            found += measure()
        except (AssertionError, RuntimeError) as error:  # the others are worth having all the same
            traceback.print_exc()
            told = str(error).partition("\n")[0]
            found.append(Row(name=name, what="-", must="-", measured=told, holds=False, facts={}))
    return found


def written(
    file: Path, header: Mapping[str, object], found: Sequence[Row], *, with_cpu: bool = False
) -> int:
    """Keep the rows as JSON, print them, and say by the exit code whether all of them hold."""
    results = {"machine": header, "rows": [asdict(one) for one in found]}
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(results, indent=1) + "\n")
    print(table(found, with_cpu=with_cpu))
    return 0 if all(one.holds for one in found) else 1
