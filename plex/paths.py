r"""Paths as Plex and Stash write them: text, compared and exchanged without asking a file system.

The other side's files are seldom mounted here, so nothing is resolved. A path's own style says how
it compares: drive letters and UNC (`\\server`, `//server`) mean Windows, all else is POSIX.
"""

from __future__ import annotations

import re
import unicodedata

_DRIVE = re.compile(r"[A-Za-z]:(?=[\\/]|$)")
_UNC = re.compile(r"\\\\|//(?!/)")  # more than two slashes are a slip in a POSIX path
_SIGMA = "\N{GREEK SMALL LETTER SIGMA}"


def comparable(path: str) -> str:
    """The form in which two paths of one side are compared.

    NFC, forward slashes, no doubled or trailing slash, no `.`; Windows paths without case.
    """
    if _is_plain(path):
        return path
    text = unicodedata.normalize("NFC", spelled(path))
    return _without_case(text) if is_windows(path) else text


def spelled(path: str) -> str:
    """The path as it is written, but for slashes and `.` that change nothing."""
    anchor, parts = _split(path)
    return anchor + "/".join(parts)


def same_file(a: str, b: str) -> bool:
    """Whether two paths of one side name the same file."""
    return comparable(a) == comparable(b)


def file_name(path: str) -> str:
    """The last part of the path; empty for a root."""
    parts = _split(path)[1]
    return parts[-1] if parts else ""


def same_name(a: str, b: str) -> bool:
    """Whether two paths end in the same file name, by the rules of their style."""
    first, second = (unicodedata.normalize("NFC", file_name(path)) for path in (a, b))
    if is_windows(a) or is_windows(b):
        first, second = _without_case(first), _without_case(second)
    return first == second


def is_windows(path: str) -> bool:
    """Whether the path begins with a drive letter or a server."""
    return bool(_DRIVE.match(path) or _UNC.match(path))


def depth(path: str) -> int:
    """How many folders down the path leads: the longer of two prefixes has more."""
    return len(_split(path)[1])


def exchange_prefix(path: str, old: str, new: str) -> str | None:
    """`path` with the folder `old` replaced by the folder `new`; None if it is not below `old`.

    A prefix ends at the border of a folder. What follows it keeps its spelling and takes the
    slashes of `new`. An empty `old` or `new` is no folder.
    """
    if not old or not new:
        return None
    anchor, parts = _split(path)
    old_anchor, old_parts = _split(old)
    here = comparable(anchor + "/".join(parts[: len(old_parts)]))
    if len(parts) < len(old_parts) or here != comparable(old_anchor + "/".join(old_parts)):
        return None
    return _join(new, parts[len(old_parts) :])


def _is_plain(path: str) -> bool:
    """Whether a POSIX path is its own comparable form; nearly all are, and seeing that is cheap."""
    is_clean = "//" not in path and "/." not in path and path[-1:] != "/"
    return path[:1] == "/" and is_clean and path.isascii()


def _join(folder: str, parts: list[str]) -> str:
    windows = is_windows(folder)
    slash = "\\" if windows and ("\\" in folder or "/" not in folder) else "/"
    base = folder.rstrip("\\/" if windows else "/")
    if not parts and not depth(folder):
        return base + slash  # a root without its slash is not the root
    return slash.join([base, *parts])


def _split(path: str) -> tuple[str, list[str]]:
    """The path's beginning with forward slashes (`/`, `//`, `C:/` or nothing) and its parts."""
    anchor = ""
    if drive := _DRIVE.match(path):
        path = path.replace("\\", "/")
        anchor, path = f"{drive[0]}/", path[drive.end() :]
    elif _UNC.match(path):
        path = path.replace("\\", "/")
        anchor = "//"
    elif path.startswith("/"):
        anchor = "/"
    return anchor, [part for part in path.split("/") if part not in {"", "."}]


def _without_case(text: str) -> str:
    # Not `casefold`: Windows keeps `ß` and `ss` apart, and merging two files writes a wrong item.
    # It does not know the final sigma, which `lower` puts at the end of a word.
    lowered = text.lower().replace("\N{GREEK SMALL LETTER FINAL SIGMA}", _SIGMA)
    return unicodedata.normalize("NFC", lowered)
