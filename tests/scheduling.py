"""In which order files are run, and which process runs which, when several run them.

Most of the slow tests wait for processes, so more of them run at a time than there are processors.
They come first: what is short fills the gaps at the end.
"""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

SLOW_FOLDERS = (
    *("corpus", "browser", "acceptance", "torture", "release", "faults", "coverage"),
    *("fuzz", "bench"),
)
ONE_UNIT = "tests/corpus/"


class ByFile(LoadFileScheduling):  # type: ignore[misc] # xdist has no types
    """A file is run by one process; the corpus, whose world takes seconds to make, as a whole."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # else the order would be by the number of tests

    def _split_scope(self, nodeid: str) -> str:
        return ONE_UNIT if nodeid.startswith(ONE_UNIT) else super()._split_scope(nodeid)


def slow_first(item: pytest.Item) -> int:
    """What to sort tests by."""
    folder = item.path.parent.name
    return SLOW_FOLDERS.index(folder) if folder in SLOW_FOLDERS else len(SLOW_FOLDERS)
