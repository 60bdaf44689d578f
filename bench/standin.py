"""A byte stand-in as the benchmark sees it: a process, its address, and what it can be told."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import requests

ROOT = Path(__file__).parents[1]
Which = Literal["stash", "plex"]


class Standin:
    """One stand-in in a process of its own; `with` ends it.

    Args:
        which: Whose place it takes.
        scenes: How many scenes, or items, it has.
    """

    def __init__(self, which: Which, scenes: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"bench.bytes_{which}", "--scenes", str(scenes)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the stand-in of {which} did not start")
        self.url = f"http://127.0.0.1:{int(line)}"
        self._session = requests.Session()
        self._session.trust_env = False

    def __enter__(self) -> Standin:
        """It serves already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it, and see that it did."""
        self._session.close()
        self._process.terminate()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        self._process.wait()

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def tell(self, word: str, **told: object) -> Any:
        """Tell it something that is answered at once and counted nowhere."""
        answer = self._session.post(f"{self.url}/bench/{word}", json=told, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def counts(self) -> Mapping[str, int]:
        """Requests by kind since the last reset."""
        counts: dict[str, int] = self.tell("told")["counts"]
        return counts

    def most(self) -> Mapping[str, int]:
        """The most "reads", "writes" and "all" in flight at once since the last reset."""
        most: dict[str, int] = self.tell("told")["most"]
        return most

    def first_at(self) -> float | None:
        """When the first request since the last reset came, by `time.monotonic`."""
        at: float | None = self.tell("told")["first_at"]
        return at

    def change(self, ids: Iterable[int], what: Literal["title", "tags"]) -> None:
        """Give scenes another title, or other tags; for the stand-in of Stash."""
        self.tell("change", ids=list(ids), what=what)
