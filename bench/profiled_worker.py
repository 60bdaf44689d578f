"""The worker under cProfile: as `PlexSync.py --worker FOLDER`, with a profile of each thread.

Started with the plugin's folder, the data folder, and a folder for the profiles: one file for each
thread, written when the worker was ended.
"""

from __future__ import annotations

import cProfile
import itertools
import marshal
import sys
import threading
from pathlib import Path


def main() -> int:
    """Be the worker until it ends, then keep what was counted."""
    here, folder, profiles = sys.argv[1:]
    sys.path.insert(0, here)
    from plugin.dependencies import find_dependencies  # noqa: PLC0415 - the copy that is measured

    find_dependencies(here)
    from worker.main import run_worker  # noqa: PLC0415 - needs what was just found

    begun: list[cProfile.Profile] = []

    def begin(*_: object) -> None:
        """The first event of a new thread: profile it from here on."""
        profile = cProfile.Profile()
        begun.append(profile)
        profile.enable()

    threading.setprofile(begin)
    own = cProfile.Profile()
    try:
        return int(own.runcall(run_worker, Path(folder), Path(here)))
    finally:
        for number, profile in zip(itertools.count(), [own, *begun], strict=False):
            profile.snapshot_stats()
            if profile.stats:
                with (Path(profiles) / f"{number}.profile").open("wb") as file:
                    marshal.dump(profile.stats, file)


if __name__ == "__main__":
    sys.exit(main())
