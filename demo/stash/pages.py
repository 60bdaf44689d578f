"""What a browser loads from Stash: plugins' scripts and styles, and the page that runs them.

The page itself is built elsewhere and lies in a folder; without one there is none. As Stash does,
every address that is no file answers with the page, whose own router knows what it means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from demo.stash.manifest import Manifest

_PLUGIN_PART = re.compile(r"/plugin/([^/]+)/(javascript|css)")
_TYPES = {
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".map": "application/json",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One file for the browser."""

    content_type: str
    body: bytes


def find_page(plugins: Iterable[Manifest], folder: Path | None, path: str) -> Page | None:
    """What lies at a path; None where Stash would answer 404.

    Args:
        plugins: Those that are switched on.
        folder: Where the built page lies.
        path: As the browser asked, without query.
    """
    part = _PLUGIN_PART.fullmatch(path)
    if part:
        mine = next((one for one in plugins if one.id == part[1]), None)
        return _joined(mine, part[2]) if mine else None
    if folder is None or path.startswith("/plugin/"):
        return None
    file = folder / path.lstrip("/")
    known = file.is_file() and file.resolve().is_relative_to(folder.resolve())
    chosen = file if known else folder / "index.html"
    if not chosen.is_file() or (not known and "." in Path(path).name):
        return None
    return Page(content_type=_TYPES.get(chosen.suffix, "text/plain"), body=chosen.read_bytes())


def _joined(plugin: Manifest, kind: str) -> Page:
    """A plugin's files one behind the other, in the manifest's order: one script, one style."""
    names = plugin.javascript if kind == "javascript" else plugin.css
    texts = [(plugin.folder / name).read_bytes() for name in names]
    return Page(
        content_type="text/javascript" if kind == "javascript" else "text/css",
        body=b"\n".join(texts),
    )
