"""What runs that only look have found: one JSON file each, of which the last ones stay."""

from __future__ import annotations

import json
import os
from pathlib import Path

from worker.state import RESULTS

KEPT = 10


class Results:
    """The results of one data folder.

    Args:
        folder: The data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / RESULTS

    def keep(self, name: str, result: object) -> None:
        """Keep or replace what a run found; a reader sees all of it or nothing.

        Raises:
            OSError: The disk is full or the folder read-only.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._folder / f"{name}.json"
        unfinished = path.with_suffix(".tmp")
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(result, file)
        unfinished.replace(path)
        kept = sorted(self._folder.glob("*.json"), key=lambda one: one.stat().st_mtime)
        for old in kept[:-KEPT]:
            old.unlink(missing_ok=True)
