"""Prints what the last `make mutation` found: a row a module, as docs/mutation.md shows them."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
BY_MYPY = 37
SURVIVED = {0, 5, 33, 34}  # no test failed, or none runs it
TIMED_OUT = {36, -24, 24, 152, 255}
COLUMNS = ("mutants", "refused by mypy", "failed a test", "ran too long", "survived")
SHARES = ("noticed", "of those that mypy takes")


def kind_of(exit_code: int | None) -> str | None:
    """Return the column of a mutant; None for one that was not tried."""
    if exit_code is None:
        return None
    if exit_code == BY_MYPY:
        return "refused by mypy"
    if exit_code in SURVIVED:
        return "survived"
    return "ran too long" if exit_code in TIMED_OUT else "failed a test"


def modules() -> Iterator[tuple[str, Counter[str]]]:
    """Yield each module of which all mutants were tried, with how many ended how."""
    mutants = ROOT / "mutants"
    for path in sorted(mutants.rglob("*.py.meta")):
        codes = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"].values()
        kinds = [kind_of(code) for code in codes]
        if kinds and None not in kinds:
            ends = Counter(kind for kind in kinds if kind)
            yield str(path.relative_to(mutants)).removesuffix(".meta"), ends


def row(name: str, ends: Counter[str]) -> str:
    """Return one line of the table."""
    total, survived = ends.total(), ends["survived"]
    figures = [f"{total:,}", *(f"{ends[column]:,}" for column in COLUMNS[1:])]
    shares = [
        f"{100 * (1 - survived / of):.1f} %" for of in (total, max(total - ends[COLUMNS[1]], 1))
    ]
    return f"| {name} | {' | '.join([*figures, *shares])} |"


def main() -> None:
    """Print the table."""
    found = list(modules())
    heads = (*COLUMNS, *SHARES)
    lines = [f"| module | {' | '.join(heads)} |", "|---|" + "--:|" * len(heads)]
    lines += [row(f"`{name}`", ends) for name, ends in found]
    if found:
        lines.append(row("all", sum((ends for _, ends in found), Counter[str]())))
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
