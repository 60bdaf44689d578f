"""`make coverage`: the tests, measured in all their processes; fails where too little is run.

Options and paths for pytest may follow, to run some tests alone; after `--append` as the first
they add to what the last run measured.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from coverage import Coverage
from coverage.exceptions import CoverageException

from release.contents import FILES, FOLDERS, ROOT
from tests.coverage.interpreter import make_interpreter

_FOLDER = ROOT / "build" / "coverage"
_CONFIG = ROOT / "pyproject.toml"
_TESTS = ["-q", "-n", "4", "--dist", "loadfile", "-m", "not torture and not browser"]


def main() -> int:
    """Run the tests and print the table; 1 if a test fails or too little was run."""
    asked = sys.argv[1:]
    kept = _FOLDER / "all"
    append = asked[:1] == ["--append"]
    if append:
        del asked[0]
    else:
        shutil.rmtree(_FOLDER, ignore_errors=True)
    shutil.rmtree(_FOLDER / "environment", ignore_errors=True)
    _FOLDER.mkdir(parents=True, exist_ok=True)
    python = make_interpreter(_FOLDER / "environment")
    environment = {
        **os.environ,
        "COVERAGE_PROCESS_START": str(_CONFIG),
        "COVERAGE_FILE": str(_FOLDER / "of-a-process"),
    }
    ended = subprocess.run(
        [str(python), "-m", "pytest", *(asked or _TESTS)], cwd=ROOT, env=environment, check=False
    )
    measured = Coverage(data_file=str(kept), config_file=str(_CONFIG))
    if append:
        measured.load()
    measured.combine([str(one) for one in _FOLDER.glob("of-a-process.*")])
    measured.save()
    return max(ended.returncode, _report(measured))


def _report(measured: Coverage) -> int:
    shipped = [ROOT / name for name in FILES]
    for folder in FOLDERS:
        shipped += (ROOT / folder).rglob("*.py")
    wanted = [str(path) for path in shipped if path.suffix == ".py"]
    never = sorted(set(wanted) - measured.get_data().measured_files())
    for path in never:
        sys.stdout.write(f"{path}: never run\n")
    try:
        share = measured.report(include=wanted)
    except CoverageException as error:
        sys.stdout.write(f"{error}\n")
        return 1
    enough = measured.config.fail_under
    if share < enough:
        sys.stdout.write(f"{share:.1f} % is less than {enough:.0f} %\n")
    return 1 if never or share < enough else 0


if __name__ == "__main__":
    sys.exit(main())
