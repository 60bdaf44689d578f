"""`make faults`: every fault between both stand-ins with a real worker; fills docs/faults.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.fault import Survived, survive
from tests.faults.table import FAULTS, as_markdown

DOCUMENT = Path(__file__).parents[2] / "docs" / "faults.md"


def main() -> int:
    """Run them; 1 if a row does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--only", default="", help="rows whose name holds this; writes no document")
    only = parser.parse_args().only
    found: list[Survived] = []
    failed = 0
    for fault in FAULTS:
        if only not in fault.name:
            continue
        begun = time.monotonic()
        try:
            with tempfile.TemporaryDirectory(
                prefix="plexsync-faults-", ignore_cleanup_errors=True
            ) as folder:
                row = survive(fault, Path(folder))
        except AssertionError as error:
            failed += 1
            _say(f"FAILED {fault.name}: {error}")
            continue
        found.append(row)
        failed += bool(row.violations)
        _say(
            f"{'FAILED ' * bool(row.violations)}{fault.name}: {row.seconds:.1f} s of "
            f"{time.monotonic() - begun:.0f}; {row.sees}; {row.retried}"
        )
        for sentence in row.violations:
            _say(f"  {sentence}")
    if not only and not failed:
        DOCUMENT.write_text(as_markdown(found), encoding="utf-8")
    _say(f"{len(found)} faults, {failed} rows do not hold")
    return 1 if failed else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
