"""The rigs of one benchmark: each size is synced once, and all rows that need it share it."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from bench.rig import Rig
from bench.worked import Worked


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much the rows have to do."""

    tiny: int = 1_000
    small: int = 20_000
    large: int = 100_000
    bulk: int = 1_000
    equal: int = 5_000
    slow: int = 6_000
    rounds: int = 3
    saves: int = 15


QUICK = Sizes(
    tiny=200, small=1_000, large=2_000, bulk=250, equal=200, slow=4_000, rounds=2, saves=5
)


@dataclass(frozen=True, slots=True)
class Synced:
    """A rig whose scenes are all shown, with a worker that waits, and what its first run took."""

    rig: Rig
    first: Worked


class Rigs:
    """Makes rigs when they are needed; `with` ends them.

    Args:
        folder: Empty, and ours.
        sizes: How much the rows have to do.
    """

    def __init__(self, folder: Path, sizes: Sizes) -> None:
        self.sizes = sizes
        self._folder = folder
        self._open = ExitStack()
        self._synced: dict[int, Synced] = {}
        self._count = 0

    def __enter__(self) -> Rigs:
        """Nothing is made yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all of them."""
        self._open.close()

    def folder(self) -> Path:
        """An empty folder."""
        self._count += 1
        made = self._folder / str(self._count)
        made.mkdir()
        return made

    def fresh(self, scenes: int) -> Rig:
        """A rig of its own, with nothing synced; it lives as long as this."""
        return self._open.enter_context(Rig(self.folder(), scenes))

    def synced(self, scenes: int) -> Synced:
        """The rig of that size after the first sync of all."""
        if scenes not in self._synced:
            print(f"  first sync of {scenes:,} ...", file=sys.stderr, flush=True)
            rig = self.fresh(scenes)
            rig.start_worker()
            # The largest one is not logged: a floor is taken of what takes no minutes.
            first = rig.run(is_logged=scenes <= self.sizes.small)
            if first.counts != {"changed": scenes}:
                raise AssertionError(
                    f"not all was written: {first.counts}\n{rig.log_text()[-3000:]}"
                )
            self._synced[scenes] = Synced(rig, first)
        return self._synced[scenes]
