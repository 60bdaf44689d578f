"""One run from the first save to the verdict."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.acceptance.world import World
from tests.torture import editors
from tests.torture.drain import amend, drain, end_trouble
from tests.torture.hooks import wake
from tests.torture.stage import Options, Stage
from tests.torture.trouble import Trouble
from tests.torture.verdict import (
    judge_foreign_values,
    judge_items,
    judge_ledger,
    judge_leftovers,
    judge_processes,
)

Act = Callable[[Stage, Random], float]
Say = Callable[[str], None]
PROGRESS_SECONDS = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run did, and what must not have been."""

    options: Options
    how: str
    counts: dict[str, int]
    violations: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"seed {self.options.seed}, {self.how}"]
        lines += [f"  {number:6d} {what}" for what, number in self.counts.items()]
        lines += [f"VIOLATION: {one}" for one in self.violations]
        lines += [f"{len(self.violations)} violations"]
        return "\n".join(lines)


class Crew:
    """Everybody who acts at the same time, each with a chance of its own."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._is_over = threading.Event()
        self._threads: list[threading.Thread] = []

    def add(self, name: str, act: Act) -> None:
        """Let somebody begin."""
        thread = threading.Thread(target=self._play, args=(name, act), name=name)
        self._threads.append(thread)
        thread.start()

    def end(self) -> None:
        """Let everybody finish what is in hand."""
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _play(self, name: str, act: Act) -> None:
        choose = Random(f"{self._stage.options.seed} {name}")
        rest = choose.random() / 2
        while not self._is_over.wait(rest):
            try:
                rest = act(self._stage, choose)
            except Exception:  # noqa: BLE001 - the others go on, and the verdict tells of it
                self._stage.violated(f"{name} failed: {traceback.format_exc()}")
                rest = 1.0


def torture(options: Options, folder: Path, *, say: Say) -> Report:
    """Run it all below an empty folder; nothing of it lives on afterwards.

    Args:
        options: How long, how hard.
        folder: Where Stash's configuration lies.
        say: Takes a line of progress now and then.
    """
    with World(folder) as world:
        stage = Stage(world, options)
        stage.watch.start()
        try:
            _make_trouble(stage, say)
            _judge(stage, say)
        except Exception:  # noqa: BLE001 - what was found so far is worth telling
            stage.violated(f"the run failed: {traceback.format_exc()}")
        finally:
            end_trouble(stage)
            world.plex.on_edit.clear()
            stage.watch.stop()
    judge_processes(stage)
    how = f"keepPlexEdits={stage.keeps_plex_edits}, a list in Plex is {world.plex.semantics}d"
    return Report(
        options=options,
        how=how.replace("addd", "added to"),
        counts=stage.counts(),
        violations=tuple(stage.violations),
    )


def _make_trouble(stage: Stage, say: Say) -> None:
    trouble = Trouble(stage)
    stage.world.plex.on_edit.append(trouble.on_edit)
    crew = Crew(stage)
    acts: dict[str, Act] = {
        "editor 1": editors.edit_one,
        "editor 2": editors.edit_one,
        "editor 3": editors.edit_one,
        "bulk editor": editors.edit_many,
        "renamer": editors.rename_somebody,
        "person in Plex": editors.add_a_genre_in_plex,
        "killer": lambda _, choose: trouble.kill_a_worker(choose),
        "Plex": lambda _, choose: trouble.trouble_plex(choose),
        "Stash": lambda _, choose: trouble.trouble_stash(choose),
        "visitor": lambda _, choose: trouble.open_the_page(choose),
    }
    began = time.monotonic()
    try:
        for name, act in acts.items():
            crew.add(name, act)
        while (left := stage.options.seconds - (time.monotonic() - began)) > 0:
            time.sleep(min(left, PROGRESS_SECONDS))
            say(_progress(stage, time.monotonic() - began))
    finally:
        crew.end()


def _judge(stage: Stage, say: Say) -> None:
    end_trouble(stage)
    wake(stage)
    say("all trouble is over, the queue empties")
    drain(stage)
    promised = [one for one in stage.subjects if one.is_promised]
    judge_items(stage, promised, when="as promised")
    say(f"{len(promised)} scenes of {len(stage.subjects)} were promised and compared")
    amend(stage)
    wake(stage)
    drain(stage)
    judge_items(stage, stage.subjects, when="saved again")
    judge_foreign_values(stage)
    stage.world.end_worker()
    judge_ledger(stage)
    judge_leftovers(stage)


def _progress(stage: Stage, seconds: float) -> str:
    counts = stage.counts()
    kills = sum(number for what, number in counts.items() if what.startswith("worker killed"))
    return (
        f"{seconds:4.0f} s: {counts.get('hooks run', 0)} hooks, "
        f"{counts.get('hooks killed', 0)} of them killed, {kills} workers killed, "
        f"{len(stage.violations)} violations"
    )
