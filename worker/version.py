"""Which version runs, and whether its files were replaced under it.

The version stands in the manifest alone.
"""

from __future__ import annotations

import re
from pathlib import Path

MANIFEST = "PlexSync.yml"
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
    files = [here / MANIFEST, here / "PlexSync.py", here / "errors.py", here / "sqlite_file.py"]
    for folder in _FOLDERS:
        files += sorted((here / folder).glob("*.py"))
    found = []
    for path in files:
        try:
            facts = path.stat()
        except OSError:
            continue
        found.append((str(path.relative_to(here)), facts.st_size, facts.st_mtime_ns))
    return tuple(found)
