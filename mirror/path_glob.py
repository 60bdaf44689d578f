"""Globs on paths as people write them: `*` stays in one folder, `**` crosses folders.

Slashes of both kinds are the same. A path's own style says whether upper and lower case count, as
in `plex.paths`. Brackets are signs like others, because many folders have them in their names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from plex.paths import is_windows, spelled

_ROOTED = re.compile(r"/|[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class PathGlob:
    """A glob that was read; two of the same text are the same."""

    text: str
    expression: str = field(compare=False, repr=False)

    def matches(self, path: str) -> bool:
        """Tell whether the whole path is of this kind."""
        flags = re.DOTALL | (re.IGNORECASE if is_windows(path) else 0)
        return re.compile(self.expression, flags).fullmatch(_comparable(path)) is not None


def parse_glob(text: str) -> PathGlob:
    """Read a glob: a folder means all that is in it, what has no root is looked for anywhere.

    Raises:
        ValueError: There is nothing in it.
    """
    text = text.strip()
    if not text:
        raise ValueError("a path is missing; write a folder or a pattern such as /data/**")
    is_folder = text.endswith(("/", "\\")) or not re.search(r"[*?]", text)
    written = _comparable(text)
    expression = "" if _ROOTED.match(written) else "(?:.*/)?"
    written = written.rstrip("/")
    expression += "".join(map(_translated, re.findall(r"(?<![^/])\*\*/|\*\*+|.", written, re.S)))
    if is_folder:
        expression += "(?:/.*)?"
    return PathGlob(text, expression)


def matches_any(path: str, globs: Sequence[PathGlob]) -> bool:
    """Tell whether one of `globs` matches."""
    return any(glob.matches(path) for glob in globs)


def _comparable(path: str) -> str:
    return unicodedata.normalize("NFC", spelled(path.replace("\\", "/")))


def _translated(sign: str) -> str:
    signs = {"**/": "(?:[^/]+/)*", "*": "[^/]*", "?": "[^/]"}
    if sign.startswith("**") and sign != "**/":
        return ".*"
    return signs.get(sign, re.escape(sign))
