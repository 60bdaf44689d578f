"""The system's own Chromium, and the page that was built for it; or one line on how to get them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOST = ROOT / "build" / "host"
PICTURES = ROOT / "build" / "screenshots"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW = "apt-get install chromium nodejs npm, then make build/host/host.js"


def find_chromium() -> str:
    """Where a Chromium is installed; empty when there is none."""
    return next(filter(None, (shutil.which(name) for name in NAMES)), "")


def what_is_missing() -> str:
    """Why the browser tests cannot run here, and what to do; empty when they can."""
    if not find_chromium():
        return f"no Chromium is installed: {HOW}"
    if not (HOST / "host.js").exists():
        return f"the page for the browser is not built: {HOW}"
    return ""


def need_browser() -> None:
    """Skip the test where it cannot run; fail it where it has to."""
    reason = what_is_missing()
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
