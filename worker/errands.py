"""Runs that only look: previews, and the detection of path mappings.

A step a turn, so that a person's save never waits for one. Nothing is written to Plex; what was
found is shown in the run and kept as JSON in the data folder. After a restart they begin anew.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from itertools import islice

from mirror.ledger import Ledger
from plex.server import Server
from stash.client import StashClient
from sync_queue.jobs import Job, Priority
from worker.covers import CoverReader
from worker.decide import Decider
from worker.destroyed import Destroyed
from worker.foreign import is_foreign, message_of, say
from worker.modes import LOOKING_MODES
from worker.owners import Owners
from worker.path_side import PathSide
from worker.preview import Preview
from worker.results import Results
from worker.runs import Run, Runs
from worker.settings import Settings
from worker.undoing import Undoing
from worker.wishes import scenes_to_undo

log = logging.getLogger("PlexSync.worker")

AT_ONCE = 50  # scenes a step


class Errands:
    """Carries out the runs that only look.

    Args:
        results: Where what was found is kept.
        runs: What was asked for.
        ledger: What was written.
        paths: Detects mappings.
    """

    def __init__(self, results: Results, *, runs: Runs, ledger: Ledger, paths: PathSide) -> None:
        self._results = results
        self._runs = runs
        self._ledger = ledger
        self._paths = paths
        self._previews: dict[str, tuple[Preview, Iterator[list[int]]]] = {}

    def next(self) -> Run | None:
        """The run whose turn it is."""
        looking = (one for one in self._runs.open() if one.state.mode in LOOKING_MODES)
        return next(looking, None)

    def step(
        self, run: Run, server: Server, stash: StashClient, settings: Settings, now: float
    ) -> None:
        """Do a little of one run.

        Raises:
            WaitError: A server cannot be asked; the run goes on later.
        """
        if run.state.mode == "detect_paths":
            self._detect(run, server, stash, now)
            return
        name = run.state.id
        if name not in self._previews:
            written = self._ledger.written if run.ids else None
            preview = Preview(run.state.mode, written=written)
            self._previews[name] = (preview, self._chunks(run, stash))
        preview, chunks = self._previews[name]
        try:
            ids = next(chunks, None)
            if ids:
                look = self._look_at_undo if run.state.mode == "preview_undo" else self._look_at
                look(ids, preview, run, server, stash, settings, now)
        except BaseException:
            del self._previews[name]  # begun anew: an iterator that failed is at its end
            raise
        self._runs.progress(run, total=preview.total + AT_ONCE, left=AT_ONCE)
        if ids is None:
            del self._previews[name]
            self._finish(run, preview.result(), preview.lines(), now, preview)

    def forget_ended(self) -> None:
        """Drop what was begun for runs that were stopped."""
        going = {one.state.id for one in self._runs.open()}
        self._previews = {name: one for name, one in self._previews.items() if name in going}

    def _chunks(self, run: Run, stash: StashClient) -> Iterator[list[int]]:
        if run.state.mode == "preview_undo":
            ids = scenes_to_undo(self._ledger, self._runs, run.ids, run.of)[0]
            pages: Iterator[Sequence[int]] = iter([ids])
        else:
            pages = iter([run.ids]) if run.ids else iter(stash.all_scene_ids())
        for page in pages:
            rest = iter(page)
            while chunk := list(islice(rest, AT_ONCE)):
                yield chunk

    def _look_at(
        self,
        ids: Sequence[int],
        preview: Preview,
        run: Run,
        server: Server,
        stash: StashClient,
        settings: Settings,
        now: float,
    ) -> None:
        is_explicit = bool(run.ids)
        jobs = [
            Job(
                scene_id=one,
                generation=0,
                attempts=1,
                priority=Priority.SAVE if is_explicit else Priority.BULK,
                run="",
                force=is_explicit,
                asked=now,
            )
            for one in ids
        ]
        decider = Decider(
            server=server,
            ledger=self._ledger,
            settings=settings,
            covers=CoverReader(stash),
            owners=Owners(stash, settings.mapping),
            stash_folders=self._paths.folders,
            verifier=None,
            destroyed=Destroyed(
                self._ledger, stash, settings.mapping, undo=settings.undo_destroyed
            ),
            now=now,
        )
        scenes = stash.read_scenes(list(ids), with_tag_parents=settings.policy.tag_parents).scenes
        for verdict in decider.decide(jobs, scenes):
            scene = scenes.get(verdict.job.scene_id)
            preview.add(verdict, title=scene.title if scene else "")

    def _look_at_undo(
        self,
        ids: Sequence[int],
        preview: Preview,
        run: Run,
        server: Server,
        _stash: StashClient,
        settings: Settings,
        _now: float,
    ) -> None:
        of = scenes_to_undo(self._ledger, self._runs, run.ids, run.of)[1]
        undoing = Undoing(server, self._ledger, settings.filters)
        undoing.read(dict.fromkeys(ids, of))
        for scene_id in ids:
            try:
                planned = undoing.plan(scene_id, of)
            except Exception as error:
                if not is_foreign(error):
                    raise
                say(scene_id, error)
                preview.add_failed(scene_id, message_of(error))
            else:
                preview.add_undo(scene_id, planned)

    def _detect(self, run: Run, server: Server, stash: StashClient, now: float) -> None:
        found, scenes = self._paths.detect(server, stash)
        result = {
            "pairs": [list(pair) for pair in found.pairs],
            "coverage": found.coverage,
            "sampled": found.sampled,
            "named": found.named,
            "matched": found.matched,
            "agreeing": found.agreeing,
            "contradicting": found.contradicting,
            "is_sure": found.may_be_used(scenes),
            "matched_examples": [list(pair) for pair in found.matched_examples],
            "unmatched_examples": list(found.unmatched_examples),
            "alternatives": [list(pair) for pair in found.alternatives],
            "missing_folders": list(found.missing_folders),
            "sentences": list(found.sentences()),
        }
        self._finish(run, result, found.lines(), now)

    def _finish(
        self,
        run: Run,
        result: object,
        lines: Sequence[str],
        now: float,
        preview: Preview | None = None,
    ) -> None:
        self._results.keep(run.state.id, result)
        counts = preview.counts if preview else {}
        fields = preview.fields if preview else {}
        total = preview.total if preview else 0
        self._runs.found(run, counts=counts, fields=fields, lines=lines)
        self._runs.progress(run, total=total, left=0)
        run.is_listed = True
        self._runs.finish(run, now=now)
