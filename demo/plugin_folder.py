"""The files that make up the plugin, as a package would hold them."""

from __future__ import annotations

import shutil
from pathlib import Path

from release.contents import FILES, FOLDERS, ROOT


def copy_plugin(target: Path) -> Path:
    """Copy what is shipped, and nothing else, to `target`; returns it."""
    target.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copy(ROOT / name, target / name)
    for name in FOLDERS:
        if (ROOT / name).is_dir():
            skipped = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, target / name, ignore=skipped, dirs_exist_ok=True)
    return target
