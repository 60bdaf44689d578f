"""The rows about a library of a hundred thousand scenes: few changes, memory, growth."""

from __future__ import annotations

import time

from bench.measure import Row
from bench.report import CPU
from bench.rigs import Rigs
from bench.run_rows import facts

CHANGED = 10
TEN_REQUESTS = 30
CATCH_UP_SECONDS, CATCH_UP_REQUESTS = 5.0, 30
PEAK_MB, MEMORY_GROWTH = 150.0, 1.15
TIME_GROWTH = 1.2
LOOK_AGAIN_SECONDS = 2.0


def ten(rigs: Rigs) -> list[Row]:
    """Sync all where few scenes changed."""
    scenes = rigs.sizes.large
    rig = rigs.synced(scenes).rig
    rig.settle()
    nothing = rig.run()
    rig.stash.change(range(5, scenes, scenes // CHANGED), "title")
    one = rig.run()
    if one.plex.get("edit") != CHANGED:  # by the run, or by a catch-up that came in between
        raise AssertionError(f"not {CHANGED} were written: {one.plex}")
    extra = sum(one.plex.values()) - sum(nothing.plex.values())
    return [
        Row(
            name="ten",
            what=f"sync all, {CHANGED} changed of {scenes:,}",
            must=f"<= {TEN_REQUESTS} Plex requests more than with nothing changed",
            measured=f"{extra} more, {one.seconds:.1f} s ({nothing.seconds:.1f} with nothing)",
            holds=extra <= TEN_REQUESTS,
            facts={**facts([one], [], scenes), "nothing_changed": dict(nothing.plex)},
        )
    ]


def catchup(rigs: Rigs) -> list[Row]:
    """Few scenes changed and no hook told."""
    scenes = rigs.sizes.large
    rig = rigs.synced(scenes).rig
    rig.settle()
    rig.stash.change(range(3, scenes, scenes // CHANGED), "title")
    one = rig.wake(CHANGED)
    time.sleep(LOOK_AGAIN_SECONDS)  # what it asks beside and after counts as well
    plex, stash = rig.plex.counts(), rig.stash.counts()
    asked = sum(plex.values()) + sum(stash.values())
    return [
        Row(
            name="catchup",
            what=f"catch-up, {CHANGED} changed of {scenes:,}, warm worker",
            must=f"<= {CATCH_UP_SECONDS:.0f} s, <= {CATCH_UP_REQUESTS} requests in all",
            measured=f"{one.seconds:.2f} s, {asked} requests",
            holds=one.seconds <= CATCH_UP_SECONDS and asked <= CATCH_UP_REQUESTS,
            facts={**facts([one], [], CHANGED), "plex": dict(plex), "stash": dict(stash)},
        )
    ]


def memory(rigs: Rigs) -> list[Row]:
    """The most memory that a worker has in its first run."""
    peaks = {
        scenes: rigs.synced(scenes).first.peak for scenes in (rigs.sizes.small, rigs.sizes.large)
    }
    small, large = peaks.values()
    return [
        Row(
            name="memory",
            what=f"memory of the worker at peak, first sync of {rigs.sizes.large:,} scenes",
            must=f"<= {PEAK_MB:.0f} MB, <= {MEMORY_GROWTH}x of {rigs.sizes.small:,}",
            measured=f"{large:.1f} MB, {large / small:.2f}x of {small:.1f}",
            holds=large <= PEAK_MB and large <= MEMORY_GROWTH * small,
            facts={
                CPU: _cpu(rigs, rigs.sizes.large),
                **{f"peak_mb_at_{scenes}": peak for scenes, peak in peaks.items()},
            },
        )
    ]


def growth(rigs: Rigs) -> list[Row]:
    """The time that one scene takes, in few and in many."""
    sizes = (rigs.sizes.tiny, rigs.sizes.large)
    few, many = (1000 * rigs.synced(one).first.seconds / one for one in sizes)
    return [
        Row(
            name="growth",
            what=f"first sync: time per scene at {sizes[1]:,} against {sizes[0]:,}",
            must=f"<= {TIME_GROWTH}x",
            measured=f"{many / few:.2f}x ({many:.2f} / {few:.2f} ms)",
            holds=many <= TIME_GROWTH * few,
            facts={
                CPU: _cpu(rigs, sizes[1]),
                "ms_a_scene": {str(sizes[0]): few, str(sizes[1]): many},
                "cpu_per_thousand_at": {str(one): _cpu(rigs, one) for one in sizes},
            },
        )
    ]


def _cpu(rigs: Rigs, scenes: int) -> float:
    return 1000 * rigs.synced(scenes).first.cpu / scenes
