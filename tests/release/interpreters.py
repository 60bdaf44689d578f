"""The Pythons of this machine, one of each version that PlexSync is for."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

MINORS = range(10, 15)


@cache
def found() -> dict[str, Path]:
    """Version such as `3.12` -> an interpreter that runs; the running one always among them."""
    running = f"3.{sys.version_info.minor}"
    pythons = {f"3.{minor}": _look_for(f"3.{minor}") for minor in MINORS}
    pythons[running] = Path(sys.executable)
    return {version: path for version, path in pythons.items() if path is not None}


def _look_for(version: str) -> Path | None:
    named = shutil.which(f"python{version}")
    kept = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python3"))
    for path in [*kept, *([Path(named)] if named else [])]:
        if _version_of(path) == version:
            return path
    return None


def _version_of(path: Path) -> str:
    """Which version answers; a name on the path may lead to none."""
    show = "import sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run(
        [str(path), "-I", "-S", "-c", show], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def empty_environment(folder: Path, python: Path) -> Path:
    """A virtual environment without any package, not even pip; its interpreter."""
    subprocess.run(
        [str(python), "-I", "-m", "venv", "--without-pip", str(folder)],
        capture_output=True,
        check=True,
    )
    scripts = folder / ("Scripts" if sys.platform == "win32" else "bin")
    return scripts / ("python.exe" if sys.platform == "win32" else "python3")
