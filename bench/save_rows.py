"""The rows about one save on a warm worker: what it asks for, and how near the floor it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from bench.floor import floor_seconds
from bench.measure import Row
from bench.rig import Rig
from bench.rigs import Rigs
from bench.run_rows import facts, ratio_of
from bench.worked import Worked

KNOWN = {"scenes": 1, "metadata": 1, "edit": 1}
NEW = {**KNOWN, "lookup": 1}
RATIO = 1.5
FLOOR_ROUNDS = 5


def save(rigs: Rigs) -> list[Row]:
    """A person saves a scene whose item is known."""
    rig = rigs.synced(rigs.sizes.small).rig

    def known(number: int) -> int:
        scene = 1 + number * 7
        rig.stash.change([scene], "title")
        return scene

    return [_row(rigs, rig, "save", "one save, warm worker, known item", known, KNOWN)]


def newfile(rigs: Rigs) -> list[Row]:
    """A person saves a scene whose file came after every listing."""
    rig = rigs.synced(rigs.sizes.small).rig

    what = "one save, warm worker, new file"
    return [_row(rigs, rig, "newfile", what, lambda _: rig.add(), NEW)]


def _row(
    rigs: Rigs,
    rig: Rig,
    name: str,
    what: str,
    scene: Callable[[int], int],
    wanted: dict[str, int],
) -> Row:
    """Save some scenes one after the other, each with its own floor at once."""
    rig.rest()
    runs: list[Worked] = []
    floors: list[float] = []
    for number in range(rigs.sizes.saves):
        runs.append(rig.save([scene(number)], is_logged=True))
        floors.append(floor_seconds(rig, runs[-1].logs, rounds=FLOOR_ROUNDS, is_in_turn=True))
    ratio = ratio_of(runs, floors)
    # Once a minute a save meets the worker's own look, which is no part of it.
    asked = Counter(tuple(sorted({**one.stash, **one.plex}.items())) for one in runs)
    usual = dict(asked.most_common(1)[0][0])
    return Row(
        name=name,
        what=f"{what}, from due to acknowledged, median of {len(runs)}",
        must=f"{_said(wanted)}; <= {RATIO}x floor",
        measured=f"{_said(usual)}; {ratio}",
        holds=usual == wanted and ratio.times <= RATIO,
        facts=facts(runs, floors, 1),
    )


def _said(requests: dict[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(requests.items()))
