"""The plugin with its dependencies beside it in `vendor/`, as a release holds them."""

from __future__ import annotations

import re
import shutil
from importlib.metadata import distribution
from pathlib import Path

from bench.standin import ROOT

_NAME = re.compile(r"[\w.-]+")


def add_vendor(here: Path) -> None:
    """Copy what `requirements.txt` names, and what that needs, from this environment; no `.pyc`.

    Args:
        here: The plugin's folder.
    """
    waiting = [_name(line) for line in (ROOT / "requirements.txt").read_text().splitlines() if line]
    done: set[str] = set()
    while waiting:
        name = waiting.pop().lower()
        if name in done:
            continue
        done.add(name)
        found = distribution(name)
        for file in found.files or ():
            if file.suffix != ".pyc" and ".." not in file.parts:
                target = here / "vendor" / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(Path(str(file.locate())), target)
        waiting += [_name(one) for one in found.requires or () if "extra ==" not in one]


def _name(requirement: str) -> str:
    found = _NAME.match(requirement)
    if not found:
        raise ValueError(f"requirements.txt: {requirement!r} names nothing")
    return found[0]


def forget_compiled(here: Path) -> None:
    """Remove every `.pyc`, as before the first start."""
    for folder in list(here.rglob("__pycache__")):
        shutil.rmtree(folder)
