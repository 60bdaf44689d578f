"""Pillow need not be there, and costs nothing until it is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_without_pillow_there_is_no_poster_and_no_error() -> None:
    """With `-S` Python sees the standard library and our own modules alone."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from plex.poster import can_pad, padded\n"
        "print(can_pad(), padded(b'\\xff\\xd8\\xff'), 'PIL' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(ROOT)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["False", "None", "False"]
    assert told.stderr == ""


def test_pillow_is_not_loaded_before_it_is_needed() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import plex.poster\n"
        "print('PIL' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(ROOT)], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "False"
