"""The rows about what a hook costs, all against a bare Python that does nothing."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.measure import BARE, Ended, Launcher, Ratio, Row, in_turn, medians, percentile
from bench.worlds import Quiet, cover_input, list_input, quiet, small_input
from sync_queue import host
from tests.waiting import wait_for

WIDTH = 64  # Stash runs no more hooks than it has requests; a bulk edit in several tabs
IN_VAIN_SECONDS = 3.0  # a second worker would have tried for the lock and ended by then


def running(folder: Path, *, is_quick: bool) -> list[Row]:
    """A whole hook while a worker lives."""
    rounds = 60 if is_quick else 200
    with quiet(folder) as world, Launcher() as launcher:
        document = world.document("call", small_input(1))
        _kept(launcher.time(world.hook, document))
        world.wait_for_worker()
        ours = _timer(launcher, world, document)
        ratio = medians(*in_turn(rounds, ours, lambda: launcher.time(BARE).seconds))
        assert len(world.started_pids()) == 1
    return [_ratio_row("running", f"hook, worker running, median of {rounds}", ratio, 1.15)]


def starting(folder: Path, *, is_quick: bool) -> list[Row]:
    """A whole hook that finds no worker and starts one."""
    rounds = 10 if is_quick else 40
    with quiet(folder) as world, Launcher() as launcher:
        document = world.document("call", small_input(1))

        def ours() -> float:
            before = len(world.started_pids())
            seconds = _kept(launcher.time(world.hook, document)).seconds
            world.wait_for_worker(before + 1)
            world.end_worker()
            return seconds

        ours()  # makes the data folder
        ratio = medians(*in_turn(rounds, ours, lambda: launcher.time(BARE).seconds))
    return [_ratio_row("starting", f"hook that starts the worker, median of {rounds}", ratio, 1.5)]


def cover(folder: Path, *, is_quick: bool) -> list[Row]:
    """A hook with a large cover; the lock is held, so that no worker parses beside it."""
    rounds = 30 if is_quick else 100
    with quiet(folder) as world, Launcher() as launcher, _lock_held(world):
        document = world.document("call", cover_input(1))

        def ours() -> float:
            seconds = _kept(launcher.time(world.hook, document)).seconds
            for file in world.inbox.iterdir():
                file.unlink()
            return seconds

        ratio = medians(*in_turn(rounds, ours, lambda: launcher.time(BARE).seconds))
    what = f"hook with a 5 MB cover, against bare Python reading nothing, median of {rounds}"
    return [_ratio_row("cover", what, ratio, 1.6)]


def burst(folder: Path, *, is_quick: bool) -> list[Row]:
    """Hooks 64 at once against bare ones 64 at once, in blocks that alternate."""
    blocks, block = (2, 256) if is_quick else (4, 320)
    ours: list[Ended] = []
    bare: list[Ended] = []
    with quiet(folder) as world, Launcher() as launcher:
        folders = [world.documents(block, first=1 + n * block) for n in range(blocks)]
        _kept(launcher.time(world.hook, folders[0] / "0"))
        world.wait_for_worker()
        for documents in folders:
            bare += launcher.burst(BARE, width=WIDTH, count=block)
            ours += launcher.burst(world.hook, width=WIDTH, count=block, documents=documents)
        wait_for(lambda: world.events()[1] == 0, what="an empty inbox", seconds=60)
        jobs, _ = world.events()
    kept = sum(one.is_kept for one in ours)
    late = Ratio(
        ours=percentile([one.seconds for one in ours], 0.99),
        bare=percentile([one.seconds for one in bare], 0.99),
    )
    whole = f"{kept} of {len(ours)} hooks kept theirs, {jobs} of their scenes have a job"
    holds = kept == jobs == len(ours)
    what = f"{len(ours)} hooks, {WIDTH} at once, worker running"
    return [
        Row(
            name="burst",
            what=f"{what}: 99th percentile",
            must="<= 3x",
            measured=str(late),
            holds=late.times <= 3,
            facts={
                **late.facts(),
                "medians": medians(
                    [one.seconds for one in ours], [one.seconds for one in bare]
                ).facts(),
            },
        ),
        Row(
            name="burst",
            what=f"{what}: lost",
            must="nothing",
            measured=whole,
            holds=holds,
            facts={"kept": kept, "hooks": len(ours), "jobs": jobs},
        ),
    ]


def memory(folder: Path, *, is_quick: bool) -> list[Row]:
    """The most memory that a hook ever has, whatever its input."""
    rounds = 3 if is_quick else 10
    with quiet(folder) as world, Launcher() as launcher, _lock_held(world):
        documents: dict[str, Path | None] = {
            "small": world.document("small", small_input(1)),
            "5 MB cover": world.document("cover", cover_input(1)),
            "list": world.document("list", list_input()),
        }
        floor = launcher.weigh(("/bin/true",)).peak_kb
        bare = statistics.median(launcher.weigh(BARE).peak_kb for _ in range(rounds))
        peaks = {
            name: max(_kept(launcher.weigh(world.hook, file)).peak_kb for _ in range(rounds))
            for name, file in documents.items()
        }
    assert floor < bare, "the launcher is too large to see a child's own peak"
    most = max(peaks.values()) - bare
    shown = ", ".join(f"{name} {(peak - bare) / 1024:+.2f}" for name, peak in peaks.items())
    return [
        Row(
            name="memory",
            what="peak memory of a hook, any input",
            must="<= bare + 1 MB",
            measured=f"{shown} MB; bare {bare / 1024:.1f}",
            holds=most <= 1024,
            facts={"bare_kb": bare, "launcher_floor_kb": floor, **peaks},
        )
    ]


def thousand(folder: Path, *, is_quick: bool) -> list[Row]:
    """Many hooks and no worker: every event is there, and one worker was started."""
    count = 200 if is_quick else 1000
    with quiet(folder) as world, Launcher(adopts=True) as launcher:
        documents = world.documents(count)
        ended = launcher.burst(world.hook, width=WIDTH, count=count, documents=documents)
        world.wait_for_worker()
        kept = sum(one.is_kept for one in ended)
        wait_for(lambda: world.events()[1] == 0, what="an empty inbox", seconds=60)
        jobs, waiting = world.events()
        time.sleep(IN_VAIN_SECONDS)
        workers = world.started_pids()
        extra = [pid for pid in launcher.ended_orphans() if pid not in workers]
    return [
        Row(
            name="thousand",
            what=f"{count} hooks, {WIDTH} at once, no worker running",
            must=f"{count} events, 1 worker",
            measured=f"{jobs + waiting} events, {len(workers)} worker"
            + (f" and {len(extra)} that found the lock taken" if extra else ""),
            holds=kept == count and jobs + waiting == count and len(workers) + len(extra) == 1,
            facts={
                "hooks_that_answered": kept,
                "jobs": jobs,
                "files": waiting,
                "workers": len(workers),
                "processes_started_in_vain": len(extra),
            },
        )
    ]


def _kept(ended: Ended) -> Ended:
    if not ended.is_kept:
        raise RuntimeError(f"a hook failed: {ended}")
    return ended


def _timer(launcher: Launcher, world: Quiet, document: Path) -> Callable[[], float]:
    return lambda: _kept(launcher.time(world.hook, document)).seconds


@contextmanager
def _lock_held(world: Quiet) -> Iterator[None]:
    """Hooks see a living worker, and none works."""
    world.inbox.mkdir(parents=True, exist_ok=True)
    handle = host.hold(str(world.data / "worker.lock"))
    assert handle is not None
    try:
        yield
    finally:
        host.let_go(handle)


def _ratio_row(name: str, what: str, ratio: Ratio, must: float) -> Row:
    return Row(
        name=name,
        what=what,
        must=f"<= {must}x",
        measured=str(ratio),
        holds=ratio.times <= must,
        facts=ratio.facts(),
    )
