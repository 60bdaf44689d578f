"""Whether every promise was kept: what Plex shows, what the ledger says, what is left behind."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence

from demo.plexserver.items import Item as StandInItem
from mirror.desired import desired_item
from mirror.edit import plan_edit
from mirror.ledger import Ledger
from mirror.policy import Policy
from plex.client import IDS_PER_READ, PlexClient
from plex.item import Item
from stash.call import Connection
from stash.client import StashClient
from stash.scene import Scene
from sync_queue.queue_status import read_counts, read_dead_letters
from tests.torture.processes import workers_of, zombies
from tests.torture.stage import OURS, PersonsValue, Stage, Subject
from tests.waiting import wait_for

SCENES_PER_READ = 50
KEEPING = Policy(keep_plex_edits=True)


def judge_items(stage: Stage, subjects: Iterable[Subject], *, when: str) -> None:
    """Every one of these scenes shows its newest state, and what persons added stays."""
    unpromised = {star.id for star in stage.stars if not star.is_promised}
    for subject in subjects:
        scene = stage.world.stash.store.scene(subject.scene)
        if unpromised & {*scene.performer_ids}:
            continue
        wanted = _wanted(stage, subject)
        shown = _shown(stage.world.plex.store.item(subject.key))
        if shown != wanted:
            stage.violated(
                f"{when}: scene {subject.scene} (item {subject.key}) shows {shown}, "
                f"Stash says {wanted}"
            )


def judge_foreign_values(stage: Stage) -> None:
    """What persons added in Plex is there, but for what was added between a read and its PUT.

    An indexed list replaces the one in Plex. What a person adds after the worker's read and
    before its write is lost; that is Plex's interface and not judged.
    """
    reads, writes = _traffic(stage)
    for subject in stage.subjects:
        if subject.first_genre not in {"", *_genres(stage, subject.key)}:
            stage.violated(f"item {subject.key} lost the genre that it had at first")
    for added in stage.persons:
        if added.value in _genres(stage, added.key):
            continue
        spans = writes.get(added.key, [])
        if stage.world.plex.semantics == "replace" and _raced(
            added, reads.get(added.key, []), spans
        ):
            stage.count("genres added between read and PUT")
        else:
            stage.violated(f"item {added.key} lost {added.value!r}, which a person had added")


def judge_ledger(stage: Stage) -> None:
    """The ledger calls nothing of ours a person's; to be called once the worker has ended."""
    plex = PlexClient(stage.world.plex.url, stage.world.plex.token, identifier="torture")
    stash = StashClient(Connection(url=stage.world.stash.url))
    ledger = Ledger(stage.world.data / "ledger.db")
    try:
        for some in _chunks(stage.subjects):
            items = plex.items([one.key for one in some])
            scenes = stash.read_scenes([one.scene for one in some]).scenes
            for one in some:
                _judge_row(stage, ledger, scenes[one.scene], items[one.key])
    finally:
        plex.close()
        stash.close()
        ledger.close()


def judge_leftovers(stage: Stage) -> None:
    """Nothing waits, nothing is set aside, and the log tells of no accident."""
    data = stage.world.data
    counts = read_counts(data / "queue", now=time.time())
    if counts is None or counts.waiting or counts.out or counts.failed:
        stage.violated(f"the queue is not empty: {counts}")
    for letter in read_dead_letters(data / "queue", limit=20):
        stage.violated(f"a dead letter: {letter}")
    left = [path.name for path in (data / "inbox").iterdir() if path.suffix != ".tmp"]
    if left:
        stage.violated(f"the inbox holds {left[:5]}")
    stage.count("half-written files of killed hooks", len(list((data / "inbox").glob("*.tmp"))))
    for log in sorted(data.glob("worker.log*")):
        for accident in accidents(log.read_text(errors="replace").splitlines()):
            stage.violated(f"the worker's log tells of {accident}")
    aside = [path.name for path in data.rglob("*damaged*")]
    if aside:
        stage.violated(f"set aside as damaged: {aside}")


def judge_processes(stage: Stage) -> None:
    """One worker at most, and none of ours is left; to be called once the watch is over."""
    stage.count("workers that held the lock", len(stage.watch.seen))
    for sentence in stage.watch.trouble:
        stage.violated(sentence)
    try:
        wait_for(lambda: not workers_of(stage.world.data), what="the end of all workers")
        wait_for(lambda: not zombies(), what="the end of all zombies")  # whoever adopted them reaps
    except AssertionError as error:
        stage.violated(f"{error}; workers {workers_of(stage.world.data)}, zombies {zombies()}")


def accidents(lines: Sequence[str]) -> Iterator[str]:
    """Each error of a log: its own line, or where a traceback ends and with what."""
    place = ""
    for line in lines:
        if line.startswith("  File "):
            place = line.strip()
        elif line.startswith("Traceback"):
            place = "an unknown place"
        elif " ERROR " in line:
            yield f"an error: {line.partition(' ERROR ')[2]}"
        elif place and not line.startswith(" "):
            yield f"{line} in {place}"
            place = ""


def _judge_row(stage: Stage, ledger: Ledger, scene: Scene, item: Item) -> None:
    rows = ledger.items_of(scene.id)
    if [row.rating_key for row in rows] != [item.rating_key]:
        stage.violated(f"the ledger knows the items {rows} of scene {scene.id}")
        return
    written = ledger.written(rows[0])
    if written is None:
        return
    for name, before in written.before.items():
        values = [before.value, *(tag.tag for tag in before.tags)]
        ours = [value for value in values if value.startswith(OURS)]
        if ours:
            stage.violated(f"the ledger says that {ours} stood in {name} before scene {scene.id}")
    edit = plan_edit(desired_item(scene, KEEPING), item, written, KEEPING)
    if edit or edit.kept:
        stage.violated(f"scene {scene.id} takes ours for a person's, or still differs: {edit}")


def _genres(stage: Stage, key: int) -> set[str]:
    return {tag.tag for tag in stage.world.plex.store.item(key).tags.get("genre", [])}


def _wanted(stage: Stage, subject: Subject) -> tuple[str, list[str], list[str]]:
    store = stage.world.stash.store
    scene = store.scene(subject.scene)
    tags = sorted(one.name for one in store.some("Tag", scene.tag_ids))
    stars = sorted(one.name for one in store.some("Performer", scene.performer_ids))
    return scene.title, tags, stars


def _shown(item: StandInItem) -> tuple[str, list[str], list[str]]:
    def ours(name: str) -> list[str]:
        return sorted(tag.tag for tag in item.tags.get(name, []) if tag.tag.startswith(OURS))

    return str(item.scalars["title"]), ours("genre"), ours("actor")


Spans = dict[int, list[tuple[float, float]]]


def _traffic(stage: Stage) -> tuple[Spans, Spans]:
    """When the worker read and wrote each item: pairs of start and end, in order."""
    reads: Spans = {}
    writes: Spans = {}
    for request in stage.world.plex.requests:
        there = {"metadata": reads, "edit": writes}.get(request.kind)
        if there is None:
            continue
        span = (request.started, request.finished or float("inf"))
        for key in request.keys:
            there.setdefault(key, []).append(span)
    return reads, writes


def _raced(
    added: PersonsValue, reads: Sequence[tuple[float, float]], writes: Sequence[tuple[float, float]]
) -> bool:
    """Whether a PUT that may have ended after it rests on a read that began before it was done."""
    for started, ended in writes:
        if ended < added.begun:
            continue
        earlier = [begun for begun, _ in reads if begun <= started]
        if earlier and max(earlier) <= added.done:
            return True
    return False


def _chunks(subjects: Sequence[Subject]) -> Iterator[Sequence[Subject]]:
    size = min(SCENES_PER_READ, IDS_PER_READ)
    for start in range(0, len(subjects), size):
        yield subjects[start : start + size]
