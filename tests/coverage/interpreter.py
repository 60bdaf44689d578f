"""The Python of a measured run: the environment's own, with a way in for what Stash starts.

coverage.py measures a child through a `.pth` file, which `python3 -I -S PlexSync.py` never reads,
and the plugin starts its worker in the same manner. So the whole run has an interpreter that is a
small script: it starts `tests/coverage/child.py` in place of those and passes everything else on.
It says that it is itself what runs (`exec -a`), so that `sys.executable` of every process names it
and each generation of children is measured as the first is.
"""

from __future__ import annotations

import shutil
import sys
import sysconfig
from pathlib import Path

_CHILD = Path(__file__).with_name("child.py")
_SCRIPT = """#!/bin/bash
if [[ $1 == -I && $2 == -S && $3 == */PlexSync.py ]]; then
    exec -a "$0" '{python}' -I -S '{child}' '{packages}' "${{@:3}}"
fi
exec -a "$0" '{python}' "$@"
"""


def make_interpreter(folder: Path) -> Path:
    """Make a virtual environment in `folder` that shares the packages of the running one."""
    programs = folder / "bin"
    programs.mkdir(parents=True)
    shutil.copy(Path(sys.prefix) / "pyvenv.cfg", folder)
    (folder / "lib").symlink_to(Path(sys.prefix) / "lib")
    script = _SCRIPT.format(
        python=Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}",
        child=_CHILD,
        packages=sysconfig.get_path("purelib"),
    )
    for program in Path(sys.prefix, "bin").iterdir():
        if not program.name.startswith("python"):
            (programs / program.name).symlink_to(program)
    for name in ("python", "python3"):
        (programs / name).write_text(script, encoding="utf-8")
        (programs / name).chmod(0o755)
    return programs / "python3"
