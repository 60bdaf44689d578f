"""What the page's operations cost at 100,000 scenes, against a bare start of Python.

`make bench-operations`; `--quick` asks fewer times. Each figure is the median of whole processes,
as Stash starts them, in turns with the bare interpreter, so that a busy machine slows both. What is
judged is the time of a processor, which a busy machine hardly changes.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from demo.plugin_folder import copy_plugin
from mirror.ledger import Ledger
from mirror.records import CandidateItem, SceneDetail, SceneState
from sync_queue.jobs import JobQueue, Priority

SCENES = 100_000
BARE = ("-I", "-S", "-c", "pass")
MOST_SECONDS = 0.15
OPERATIONS: tuple[dict[str, object], ...] = (
    {"mode": "status"},
    {"mode": "troubles", "code": "no_library"},
    {"mode": "troubles", "code": "ambiguous", "page": 40},
    {"mode": "scene", "id": 45},
    {"mode": "settings"},
    {"mode": "result", "id": "nothing"},
)


def make_world(folder: Path) -> Path:
    """A data folder with many scenes in every state, a full queue, and no worker."""
    data = folder / "plugin-data" / "PlexSync"
    (data / "inbox").mkdir(parents=True)
    with closing(Ledger(data / "ledger.db")) as ledger:
        for start in range(0, SCENES, 10_000):
            ledger.set_scenes([_scene(n) for n in range(start, start + 10_000)], now=1.0)
    with closing(JobQueue(data / "queue")) as queue:
        queue.put_many(range(SCENES), now=1.0, priority=Priority.BULK, run="sync_all-1")
    return data


def _scene(number: int) -> SceneState:
    path = f"/data/folder {number % 5000}/film {number}.mp4"
    if number % 4:
        return SceneState(scene_id=number, state="in_step", paths=(path,))
    if number % 8:
        about = f"/data/folder {number % 5000}"
        return SceneState(
            scene_id=number, state="resting", code="no_library", about=about, paths=(path,)
        )
    both = tuple(
        CandidateItem(rating_key=key, title="a film", library="Videos", path=path)
        for key in (number, number + 1)
    )
    return SceneState(
        scene_id=number,
        state="resting",
        code="ambiguous",
        about=f"{number},{number + 1}",
        detail=SceneDetail(candidates=both),
        paths=(path,),
    )


class Cost(NamedTuple):
    """What one process took, in seconds."""

    whole: float  # from its start to its end
    work: float  # of a processor


def run_one(arguments: tuple[str, ...], document: bytes) -> Cost:
    """Run one process to its end."""
    worked = _worked()
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], input=document, capture_output=True, check=True)
    return Cost(time.perf_counter() - began, _worked() - worked)


def _worked() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def median(costs: Iterable[Cost]) -> Cost:
    """The middle of each figure."""
    whole, work = zip(*costs, strict=True)
    return Cost(statistics.median(whole), statistics.median(work))


def main() -> int:
    """Print one line for each operation; 1 when one of them takes too long."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    rounds = 5 if parser.parse_args().quick else 25
    is_slow = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        here = copy_plugin(folder / "plugins" / "PlexSync")
        make_world(folder)
        script = ("-I", "-S", str(here / "PlexSync.py"))
        for operation in OPERATIONS:
            document = json.dumps(
                {"server_connection": {"Port": 9999, "Dir": str(folder)}, "args": operation}
            ).encode()
            run_one(script, document)
            pairs = [(run_one(BARE, b""), run_one(script, document)) for _ in range(rounds)]
            bare, mine = (median(column) for column in zip(*pairs, strict=True))
            is_slow |= mine.work > MOST_SECONDS
            told = " ".join(str(one) for one in operation.values())
            print(
                f"{told:26} {1000 * mine.whole:6.1f} ms ({1000 * mine.work:5.1f} ms of work); "
                f"a bare Python {1000 * bare.whole:5.1f} ms ({1000 * bare.work:5.1f} ms), "
                f"ratio {mine.work / bare.work:4.1f}"
            )
    return int(is_slow)


if __name__ == "__main__":
    sys.exit(main())
