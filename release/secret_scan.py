"""Looks for keys and tokens in the files that git knows, before they are published.

Only shapes that hardly mean anything else are looked for, so that a finding is worth a look. What
tests need of that shape says so itself: it holds a word such as `canary` or `example`.
"""

from __future__ import annotations

import re
from pathlib import Path

from release.contents import git

SHAPES = {
    "a private key": re.compile(rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}"),
    "a Plex token": re.compile(
        rb"X-Plex-Token[\"']?\s*[=:]\s*[\"']?(?P<value>[A-Za-z0-9_-]{20})(?![A-Za-z0-9_-])"
    ),
    "a Stash API key": re.compile(
        rb"eyJ[A-Za-z0-9_-]{10,}\.eyJ(?P<value>[A-Za-z0-9_-]{10,})\.[A-Za-z0-9_-]{20,}"
    ),
    "a token of GitHub": re.compile(rb"gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,}"),
    "a key of AWS": re.compile(rb"\bAKIA[0-9A-Z]{16}\b"),
}
_MADE_UP = re.compile(rb"canary|example|token|secret|test", re.IGNORECASE)


def find_secrets(root: Path) -> list[str]:
    """One line for each finding: file, line, what it looks like; never the secret itself."""
    listed = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").decode()
    found: list[str] = []
    for name in sorted(set(listed.split("\0")) - {""}):
        path = root / name
        if path.is_file():
            found += [f"{name}:{line}: looks like {what}" for line, what in _look(path)]
    return found


def _look(path: Path) -> list[tuple[int, str]]:
    content = path.read_bytes()
    return [
        (content.count(b"\n", 0, match.start()) + 1, what)
        for what, shape in SHAPES.items()
        for match in shape.finditer(content)
        if not _MADE_UP.search(match.groupdict().get("value") or b"")
    ]
