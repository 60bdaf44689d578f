"""The plugin's compiled modules, made once for all the copies that tests install.

A fresh copy costs its first worker a third of a second of compiling. Each file carries a hash of
its source, so that a test which edits a module of its copy gets what it edited.
"""

from __future__ import annotations

import compileall
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from py_compile import PycInvalidationMode
from tempfile import TemporaryDirectory

from demo.plugin_folder import copy_plugin


def add_bytecode(plugin: Path) -> None:
    """Lay what Python would write at the first start into a copy of the plugin."""
    for name, content in _compiled().items():
        path = plugin / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


@cache
def _compiled() -> Mapping[Path, bytes]:
    """Every compiled file by its name in the plugin's folder."""
    with TemporaryDirectory() as folder:
        plugin = copy_plugin(Path(folder) / "PlexSync")
        compileall.compile_dir(plugin, quiet=2, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
        return {path.relative_to(plugin): path.read_bytes() for path in plugin.rglob("*.pyc")}
