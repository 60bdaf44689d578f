"""What a test needs of the system it runs on; each mark says why it is left out elsewhere."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")
WITH_MODES = pytest.mark.skipif(os.name != "posix", reason="only files of POSIX have modes")
WITH_BASH = pytest.mark.skipif(
    not Path("/bin/bash").exists(), reason="the Python of a measured run is a script for bash"
)


def need_plugin_processes() -> None:
    """Skip where the stand-in of Stash cannot run plugins.

    It waits for the three pipes of each of them at once. On Windows that works for sockets alone.
    """
    if sys.platform == "win32":
        pytest.skip("the stand-in of Stash cannot wait for the pipes of a plugin here")
