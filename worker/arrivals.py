"""The inbox, taken: files become jobs and commands, in the order of their arrival.

A file is removed only after the queue's commit; reading it twice is harmless, because a scene has
one job. What cannot be read is set aside where a person finds it, without its cookie.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from errors import BadCallError
from stash.call import Call, read_call

log = logging.getLogger("PlexSync.worker")

AT_ONCE = 1_000  # files taken between two looks at everything else
_STALE_SECONDS = 3600.0
_COOKIE = re.compile(rb'("Value"\s*:\s*")(?:[^"\\]|\\.)*')


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One inbox file and what it says."""

    path: Path
    call: Call

    @property
    def at(self) -> float:
        """When it arrived, in Unix seconds; its name begins with that, in nanoseconds."""
        told = self.path.name.partition("-")[0]
        return int(told) / 1e9 if told.isascii() and told.isdigit() else 0.0


class Inbox:
    """The reading side of the inbox, for the worker alone.

    Args:
        folder: The data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "inbox"
        self._aside = self._folder / "unreadable"

    def names(self) -> set[str]:
        """The names of what waits; cheap enough for four times a second."""
        with os.scandir(self._folder) as entries:
            return {entry.name for entry in entries if entry.name.endswith(".json")}

    def take(self, *, skip: frozenset[str] = frozenset()) -> Iterator[Arrival]:
        """What waits, oldest first; the caller removes each file once its work is committed.

        Args:
            skip: Names of files that have to wait.
        """
        for name in sorted(self.names() - skip)[:AT_ONCE]:
            path = self._folder / name
            try:
                document = path.read_bytes()
            except OSError as error:
                log.warning("inbox file %s cannot be read now: %s", name, error)
                continue
            try:
                yield Arrival(path=path, call=read_call(document))
            except BadCallError as error:
                self._set_aside(path, document, error)

    def set_aside_count(self) -> int:
        """How many files could not be read and wait for a person."""
        return sum(1 for _ in self._aside.glob("*"))

    def sweep(self, now: float) -> None:
        """Remove what killed hooks left half-written more than an hour ago."""
        for path in self._folder.glob("*.tmp"):
            try:
                if now - path.stat().st_mtime > _STALE_SECONDS:
                    path.unlink()
            except OSError:  # its hook may be finishing it at this moment
                continue

    def _set_aside(self, path: Path, document: bytes, error: BadCallError) -> None:
        self._aside.mkdir(mode=0o700, exist_ok=True)
        kept = self._aside / path.name
        handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(_COOKIE.sub(rb"\1...", document))
        path.unlink()
        log.warning("inbox file %s cannot be understood (%s); kept as %s", path.name, error, kept)
