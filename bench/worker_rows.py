"""The rows about the resident worker: what it costs at rest, and how soon a save shows."""

from __future__ import annotations

import random
import time
from pathlib import Path

from bench.measure import Row, cpu_seconds, peak_mb, percentile, resident_mb, written_bytes
from bench.worlds import both_servers
from tests.acceptance.world import World
from tests.waiting import wait_for

SETTLING_SECONDS = 5.0
LOOK_SECONDS = 60.0  # once a minute it asks Stash for its settings: this holds one of those
LONGEST_SAVE_SECONDS = 10.0


def idle(folder: Path, *, is_quick: bool, is_full: bool) -> list[Row]:
    """A worker that has synced many scenes and now waits."""
    scenes = 500 if is_quick else 100_000 if is_full else 5_000
    seconds = 10.0 if is_quick else LOOK_SECONDS
    with both_servers(folder) as world:
        for number in range(scenes):
            world.add(f"folder {number % 100}/scene {number}.mp4", title=f"Scene {number}")
        began = time.monotonic()
        world.stash.wait_for_job(world.start_task("Sync all scenes"), timeout_seconds=36_000)
        world.settle()
        run_seconds = time.monotonic() - began
        _await_its_own_looks(world)
        counts = world.last_run()["counts"]
        assert counts == {"changed": scenes}, counts
        pid = world.worker_pid()
        return _rest(world, pid, seconds, f"after {scenes:,} scenes", run_seconds)


def _await_its_own_looks(world: World) -> None:
    """What it wrote moved Plex's counters, and is read once more: that belongs to the run."""
    world.look()
    before = -1
    while before != len(world.plex.requests):
        before = len(world.plex.requests)
        time.sleep(SETTLING_SECONDS)


def _rest(world: World, pid: int, seconds: float, when: str, run_seconds: float) -> list[Row]:
    time.sleep(SETTLING_SECONDS)
    files, written, used = _files(world.data), written_bytes(pid), cpu_seconds(pid)
    began = time.monotonic()
    time.sleep(seconds)
    share = 100 * (cpu_seconds(pid) - used) / (time.monotonic() - began)
    now_written = written_bytes(pid) - written
    touched = sorted(set(_files(world.data).items()) ^ set(files.items()))
    resident = resident_mb(pid)
    return [
        Row(
            name="idle",
            what=f"CPU of an idle worker over {seconds:.0f} s",
            must="<= 0.1 % of a core",
            measured=f"{share:.3f} %",
            holds=share <= 0.1,
            facts={"percent": share, "seconds": seconds},
        ),
        Row(
            name="idle",
            what=f"memory of an idle worker {when}",
            must="<= 60 MB",
            measured=f"{resident:.1f} MB (most ever {peak_mb(pid):.1f})",
            holds=resident <= 60,
            facts={"mb": resident, "peak_mb": peak_mb(pid), "run_seconds": run_seconds},
        ),
        Row(
            name="idle",
            what=f"disk writes of an idle worker over {seconds:.0f} s",
            must="none",
            measured=f"{now_written} bytes, {len({name for name, _ in touched})} files touched",
            holds=not now_written and not touched,
            facts={"bytes": now_written, "touched": [name for name, _ in touched]},
        ),
    ]


def _files(data: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path.relative_to(data)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in data.rglob("*")
    }


def save(folder: Path, *, is_quick: bool) -> list[Row]:
    """From the end of a person's save to the moment when Plex shows it."""
    rounds = 10 if is_quick else 40
    spread = random.Random(1)
    took: list[float] = []
    with both_servers(folder) as world:
        scene, key = world.add()
        world.save(scene, title="The first one starts the worker")
        world.settle()
        for number in range(rounds):
            time.sleep(1 + spread.random() / 4)  # anywhere between two looks of the worker
            took.append(_save(world, scene, key, f"Title {number}"))
    late = percentile(took, 0.95)
    middle = percentile(took, 0.5)
    return [
        Row(
            name="save",
            what=f"save to Plex, idle worker, 95th percentile of {rounds}",
            must="<= 1 s",
            measured=f"{late:.2f} s (median {middle:.2f}, worst {max(took):.2f})",
            holds=late <= 1,
            facts={"p95": late, "median": middle, "worst": max(took)},
        )
    ]


def _save(world: World, scene: int, key: int, title: str) -> float:
    world.save(scene, title=title)
    began = time.perf_counter()
    wait_for(
        lambda: world.shown(key, "title") == title, what="the title", seconds=LONGEST_SAVE_SECONDS
    )
    return time.perf_counter() - began
