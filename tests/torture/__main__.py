"""`make torture`: persons edit, and everything around them is killed, stopped, slow or lying.

The promise under test: a hook that ended with 0 reaches Plex, whatever happens in between.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from pathlib import Path

from tests.torture.run import torture
from tests.torture.stage import Options


def main() -> int:
    """Run it; 1 if anything was violated."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--scenes", type=int, default=300)
    parser.add_argument("--keep", action="store_true", help="keep the folder with its logs")
    given = parser.parse_args()
    _say(f"seed {given.seed}")
    options = Options(seed=given.seed, seconds=given.minutes * 60, scenes=given.scenes)
    folder = Path(tempfile.mkdtemp(prefix="plexsync-torture-"))
    report = torture(options, folder, say=_say)
    _say(str(report))
    if report.violations or given.keep:
        _say(f"kept: {folder}")
    else:
        shutil.rmtree(folder)
    return 1 if report.violations else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
