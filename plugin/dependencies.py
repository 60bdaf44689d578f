"""Makes third-party modules importable, for everything but the hook.

`python3 -I -S` sees no site-packages. A release carries its dependencies in `vendor/`, and then
nothing else of the user's Python can be imported but what is optional and cannot be carried along
because it is compiled: a package there may be older, or broken, and the ones that are carried
import some others when they find them. Without `vendor/` the packages of the user's Python serve.
"""

from __future__ import annotations

import site
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

OPTIONAL = frozenset({"PIL"})


def find_dependencies(here: str) -> None:
    """Make what `vendor/` holds importable, or the packages of the user's Python without it."""
    vendor = Path(here) / "vendor"
    if vendor.is_dir():
        sys.path.insert(1, str(vendor))  # behind our own modules
        sys.meta_path.append(OptionalPackages(site_folders()))
        return
    site.main()
    site.addsitedir(site.getusersitepackages())


class OptionalPackages(MetaPathFinder):
    """Finds the few packages that are taken from the user's Python.

    Its folders never stand on the path: neither their other packages nor the code in their `.pth`
    files has a say.

    Args:
        folders: Where to look, the first one first.
    """

    def __init__(self, folders: Sequence[str]) -> None:
        self._folders = folders

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The package, when it is one of those few and is there."""
        if path is not None or fullname not in OPTIONAL:
            return None
        return PathFinder.find_spec(fullname, list(self._folders), target)


def site_folders() -> list[str]:
    """The folders in which this Python would look for packages without `-I -S`."""
    environment = _environment()
    if environment is None:
        return [*site.getsitepackages(), site.getusersitepackages()]
    inside = site.getsitepackages([str(environment)])
    settings = (environment / "pyvenv.cfg").read_text(encoding="utf-8").lower()
    if "include-system-site-packages = true" not in settings:
        return inside
    return [*inside, *site.getsitepackages(), site.getusersitepackages()]


def _environment() -> Path | None:
    """The virtual environment that the interpreter belongs to; `-S` does not look for it."""
    program = Path(sys.executable)
    for folder in program.parents[:2]:
        if (folder / "pyvenv.cfg").is_file():
            return folder
    return None
