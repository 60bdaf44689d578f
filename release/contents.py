"""What a release holds of the project, and nothing else.

From a commit the bytes are taken as they were committed: what a checkout makes of line ends and
permissions on this machine does not count. From the working tree what is edited can be tried.
"""

from __future__ import annotations

import io
import subprocess
import tarfile
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = (
    "PlexSync.yml",
    "PlexSync.py",
    "catalogue.py",
    "deadlines.py",
    "errors.py",
    "sqlite_file.py",
    "LICENSE",
)
FOLDERS = ("plugin", "worker", "mirror", "plex", "stash", "sync_queue", "ui")


def committed_files(root: Path, commit: str) -> dict[str, bytes]:
    """The plugin's files as one commit has them: path -> bytes."""
    # Without the option git would give the lines the ends of this machine.
    known = git(root, "ls-tree", "--name-only", commit).decode().split()
    wanted = [name for name in (*FILES, *FOLDERS) if name in known]
    archive = git(root, "-c", "core.autocrlf=false", "archive", "--format=tar", commit, *wanted)
    found: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            content = tar.extractfile(member)
            if content is not None:
                found[member.name] = content.read()
    return found


def edited_files(root: Path) -> dict[str, bytes]:
    """The plugin's files as they are in the working tree, without what git ignores."""
    listed = git(
        root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *FILES, *FOLDERS
    )
    names = sorted(set(listed.decode().split("\0")) - {""})
    return {name: (root / name).read_bytes() for name in names if (root / name).is_file()}


def is_edited(root: Path) -> bool:
    """Whether anything that decides over a release's bytes differs from the last commit."""
    decides = (*FILES, *FOLDERS, "release")  # the lock of the dependencies is in the last
    return bool(git(root, "status", "--porcelain", "--", *decides).strip())


def time_of(root: Path, commit: str) -> datetime:
    """When a commit was made: the same on every machine, and later for a later release."""
    seconds = int(git(root, "show", "--no-patch", "--format=%ct", commit))
    return datetime.fromtimestamp(seconds, timezone.utc)


def git(root: Path, *arguments: str) -> bytes:
    """What git says; it is needed to build a release, never to run one."""
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=True).stdout
