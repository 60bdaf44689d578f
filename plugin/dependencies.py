"""Makes third-party modules importable, for everything but the hook.

`python3 -I -S` sees no site-packages. A release carries its dependencies in `vendor/`, which then
stands first on the path; without it the ones of the user's Python serve.
"""

from __future__ import annotations

import site
import sys
from pathlib import Path


def find_dependencies(here: str) -> None:
    """Put `vendor/` on the path when it is there, else the packages of the user's Python."""
    vendor = Path(here) / "vendor"
    if vendor.is_dir():
        sys.path.insert(1, str(vendor))
        return
    site.main()
    site.addsitedir(site.getusersitepackages())
