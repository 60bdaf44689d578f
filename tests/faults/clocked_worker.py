"""The worker on a clock that can be set: as `PlexSync.py --worker FOLDER`.

Started with the plugin's folder, the data folder, and a file that holds by how many seconds the
wall clock is off. The monotonic clock is left alone, as a set clock leaves it.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path


def main() -> int:
    """Be the worker until it ends."""
    here, folder, offset = sys.argv[1:4]
    right = time.time

    def shown() -> float:
        try:
            return right() + float(Path(offset).read_text())
        except (OSError, ValueError):
            return right()

    time.time = shown
    sys.path.insert(0, here)
    from plugin.dependencies import find_dependencies  # noqa: PLC0415 - the installed copy

    find_dependencies(here)
    from worker.main import run_worker  # noqa: PLC0415 - needs what was just found

    return int(run_worker(Path(folder), Path(here)))


if __name__ == "__main__":
    sys.exit(main())
