"""The rows about runs over many scenes: the first one, one with nothing to do, a bulk edit."""

from __future__ import annotations

import statistics
from collections.abc import Iterable

from bench.floor import floor_seconds
from bench.measure import Ratio, Row
from bench.report import CPU
from bench.rigs import Rigs
from bench.worked import Worked

FIRST_PLEX, FIRST_RATIO = 1.06, 1.3
BULK_PLEX, BULK_STASH, BULK_RATIO = 1.05, 0.03, 1.3
SCENES_PER_READ, SCENES_PER_LOOK, UNCHANGED_RATIO = 250, 1_000, 1.5


def first(rigs: Rigs) -> list[Row]:
    """Sync all where nothing was synced before."""
    scenes = rigs.sizes.small
    synced = rigs.synced(scenes)
    one = synced.first
    floor = floor_seconds(synced.rig, one.logs, rounds=1)
    asked = sum(one.plex.values()) / scenes
    ratio = Ratio(ours=one.seconds, bare=floor)
    return [
        Row(
            name="first",
            what=f"sync all, first time, {scenes:,} scenes, no pictures",
            must=f"<= {FIRST_PLEX} Plex requests a scene, <= {FIRST_RATIO}x floor",
            measured=f"{asked:.3f} requests, {ratio}",
            holds=asked <= FIRST_PLEX and ratio.times <= FIRST_RATIO,
            facts=facts([one], [floor], scenes),
        )
    ]


def unchanged(rigs: Rigs) -> list[Row]:
    """Sync all where nothing changed, at both sizes."""
    return [_unchanged(rigs, size) for size in (rigs.sizes.small, rigs.sizes.large)]


def _unchanged(rigs: Rigs, scenes: int) -> Row:
    rig = rigs.synced(scenes).rig
    scenes = rig.scenes  # some may have come since
    own_writes = rig.settle()
    runs, floors = [], []
    for _ in range(rigs.sizes.rounds):
        runs.append(rig.run(is_logged=True))
        floors.append(floor_seconds(rig, runs[-1].logs, rounds=1))
        if runs[-1].counts != {"unchanged": scenes}:
            raise AssertionError(f"something changed: {runs[-1].counts}")
    plex = max(sum(one.plex.values()) for one in runs)
    reads = max(one.stash.get("scenes", 0) for one in runs)
    ratio = ratio_of(runs, floors)
    return Row(
        name="unchanged",
        what=f"sync all, nothing changed, {scenes:,} scenes, median of {len(runs)}",
        must=f"<= 1 Plex request a {SCENES_PER_LOOK:,} scenes, 1 read of Stash a "
        f"{SCENES_PER_READ} or fewer, <= {UNCHANGED_RATIO}x floor",
        measured=f"{plex} to Plex, {reads} reads of Stash, {ratio}",
        holds=plex <= max(scenes // SCENES_PER_LOOK, 1)
        and reads <= -(-scenes // SCENES_PER_READ)
        and ratio.times <= UNCHANGED_RATIO,
        facts={**facts(runs, floors, scenes), "look_at_own_writes": dict(own_writes)},
    )


def bulk(rigs: Rigs) -> list[Row]:
    """A person edits many scenes at once: each fires its hook."""
    scenes, count = rigs.sizes.small, rigs.sizes.bulk
    rig = rigs.synced(scenes).rig
    runs, floors = [], []
    for number in range(rigs.sizes.rounds):
        ids = range(1 + number, scenes + 1, scenes // count)[:count]
        rig.stash.change(ids, "title")
        runs.append(rig.save(ids, is_logged=True))
        floors.append(floor_seconds(rig, runs[-1].logs, rounds=1))
    plex = max(sum(one.plex.values()) for one in runs) / count
    stash = max(sum(one.stash.values()) for one in runs) / count
    ratio = ratio_of(runs, floors)
    return [
        Row(
            name="bulk",
            what=f"{count:,} scenes of {scenes:,} changed, from due to acknowledged, "
            f"median of {len(runs)}",
            must=f"<= {BULK_PLEX} Plex and <= {BULK_STASH} Stash requests a scene, "
            f"<= {BULK_RATIO}x floor",
            measured=f"{plex:.3f} and {stash:.3f} requests, {ratio}",
            holds=plex <= BULK_PLEX and stash <= BULK_STASH and ratio.times <= BULK_RATIO,
            facts=facts(runs, floors, count),
        )
    ]


def facts(runs: Iterable[Worked], floors: Iterable[float], scenes: int) -> dict[str, object]:
    """The figures behind a row about `scenes` scenes."""
    done = list(runs)
    return {
        CPU: 1000 * statistics.median(one.cpu for one in done) / scenes,
        "seconds": [one.seconds for one in done],
        "floor_seconds": list(floors),
        "plex": [dict(one.plex) for one in done],
        "stash": [dict(one.stash) for one in done],
        "most_in_flight": [dict(one.most) for one in done],
        "peak_mb": max(one.peak for one in done),
    }


def ratio_of(runs: Iterable[Worked], floors: Iterable[float]) -> Ratio:
    """The ratio of the medians."""
    return Ratio(
        ours=statistics.median(one.seconds for one in runs), bare=statistics.median(floors)
    )
