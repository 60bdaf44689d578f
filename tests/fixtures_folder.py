"""Where the recordings of real servers lie: beside the repository, too large to be a part of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def shared_fixtures() -> Path:
    """The folder of the recordings; without it the test is skipped, and fails on a CI server."""
    folder = Path(__file__).parents[1].parent / "shared" / "fixtures"
    if not folder.is_dir():
        reason = f"no recordings of real servers at {folder}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason, allow_module_level=True)  # some modules look while they load
    return folder
