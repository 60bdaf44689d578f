"""Which version runs, and whether its files were replaced under it.

The version stands in the manifest alone.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

MANIFEST = "PlexSync.yml"
LOOK_SECONDS = 5.0
QUIET_SECONDS = 5.0
_FOLDERS = ("plugin", "worker", "mirror", "plex", "stash", "sync_queue")


def version_of(here: Path) -> str:
    """The version that the manifest in the plugin's folder names; "" when it is not there."""
    try:
        text = (here / MANIFEST).read_text(encoding="utf-8")
    except OSError:
        return ""
    found = re.search(r"^version:\s*[\"']?([^\s\"'#]+)", text, re.MULTILINE)
    return found.group(1) if found else ""


def signature_of(here: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, size and time of every module; unequal when an update replaced some."""
    found: list[tuple[str, int, int]] = []
    for folder in (here, *(here / name for name in _FOLDERS)):
        try:
            with os.scandir(folder) as entries:  # half of what `Path.glob` and `stat` cost
                found += [
                    (entry.path, entry.stat().st_size, entry.stat().st_mtime_ns)
                    for entry in entries
                    if entry.name.endswith((".py", ".yml"))
                ]
        except OSError:
            continue  # it is being replaced at this moment
    return tuple(sorted(found))


class CodeWatch:
    """Notices that the plugin's files were replaced, and when that was over.

    Args:
        here: The plugin's folder.
    """

    def __init__(self, here: Path) -> None:
        self._here = here
        self._signature = signature_of(here)
        self._looked = time.monotonic()
        self._changed: float | None = None

    def look(self) -> None:
        """Compare the files, every five seconds at most."""
        moment = time.monotonic()
        if moment - self._looked < LOOK_SECONDS:
            return
        self._looked = moment
        signature = signature_of(self._here)
        if signature != self._signature:
            self._signature, self._changed = signature, moment

    @property
    def is_changing(self) -> bool:
        """Whether files were replaced, so that nothing new should be begun."""
        return self._changed is not None

    @property
    def is_over(self) -> bool:
        """Whether files were replaced and five quiet seconds have passed since."""
        return self._changed is not None and time.monotonic() - self._changed > QUIET_SECONDS
