"""What is tortured: scenes with their items, the promises given for them, and what persons added.

Every value that Stash gives begins with "ours-", so that it is recognised wherever it turns up.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from tests.acceptance.world import World
from tests.torture.processes import Watch, kill

OURS = "ours-"
STARS, TAGS = 12, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How long, how hard.

    Attributes:
        seconds: How long there is trouble; the end takes its own time.
        drain_seconds: How long the queue may take to empty once all trouble is over.
        kills_starters: Also kill workers before they hold the lock. The start ticket of one that
            was killed blocks the next for ten seconds, so a short run leaves that out.
    """

    seed: int
    seconds: float
    scenes: int
    drain_seconds: float = 180.0
    kills_starters: bool = True


@dataclass(frozen=True, slots=True)
class State:
    """What Stash says of a scene."""

    title: str
    tags: tuple[int, ...] = ()
    performers: tuple[int, ...] = ()


@dataclass(slots=True, eq=False)
class Subject:
    """One scene, its item, and what was promised.

    Attributes:
        lock: Held by whoever changes the scene and runs the hook for that.
        earlier: What the scene showed before; persons undo their edits.
        first_genre: What Plex showed before we came; "" for nothing.
        is_promised: The last edit's hook ended with 0.
    """

    scene: int
    key: int
    earlier: State
    first_genre: str
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_promised: bool = False


@dataclass(slots=True, eq=False)
class Star:
    """A performer, who is renamed now and then."""

    id: int
    lock: threading.Lock = field(default_factory=threading.Lock)
    renamed: int = 0
    is_promised: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsValue:
    """A genre that a person added in Plex, between two moments in Unix seconds."""

    key: int
    value: str
    begun: float
    done: float


class Stage:
    """The world, the scenes, and the counts of what was done to them."""

    def __init__(self, world: World, options: Options) -> None:
        self.world = world
        self.options = options
        self.watch = Watch(world.data)
        self.persons: list[PersonsValue] = []
        self.violations: list[str] = []
        self._counting = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._titles = 0
        choose = Random(f"{options.seed} stage")
        self.keeps_plex_edits = choose.random() < 0.5
        world.plex.semantics = choose.choice(("replace", "add"))
        store = world.stash.store
        self.stars = [Star(store.add_performer(f"{OURS}star-{n}")) for n in range(STARS)]
        self.tags = [store.add_tag(f"{OURS}tag-{n}") for n in range(TAGS)]
        self.subjects = [self._subject(n) for n in range(options.scenes)]
        self.by_key = {one.key: one for one in self.subjects}
        world.configure(keepPlexEdits=self.keeps_plex_edits)

    @property
    def port(self) -> int:
        """Where Stash listens."""
        return int(self.world.stash.url.rpartition(":")[2])

    def count(self, what: str, by: int = 1) -> None:
        """Count something that was done."""
        with self._counting:
            self._counts[what] += by

    def counts(self) -> dict[str, int]:
        """What was done so far."""
        with self._counting:
            return dict(sorted(self._counts.items()))

    def violated(self, sentence: str) -> None:
        """Something that must not be."""
        with self._counting:
            if sentence not in self.violations:
                self.violations.append(sentence)

    def state_of(self, subject: Subject) -> State:
        """What Stash says now."""
        scene = self.world.stash.store.scene(subject.scene)
        return State(scene.title, scene.tag_ids, scene.performer_ids)

    def new_state(self, subject: Subject, choose: Random) -> State:
        """What a person might make of the scene next: something new, or what it was before."""
        if choose.random() < 0.35:
            return subject.earlier
        with self._counting:
            self._titles += 1
            title = f"{OURS}title-{subject.scene}-{self._titles}"
        tags = choose.sample(self.tags, choose.randrange(5))
        stars = choose.sample([one.id for one in self.stars], choose.randrange(4))
        return State(title, tuple(sorted(tags)), tuple(sorted(stars)))

    def put(self, subject: Subject, state: State) -> None:
        """Change the scene in Stash's own store, as a person's save does before its hook."""
        store = self.world.stash.store
        with store.lock:
            subject.earlier = self.state_of(subject)
            scene = store.scene(subject.scene)
            scene.title, scene.tag_ids = state.title, state.tags
            scene.performer_ids, scene.updated_at = state.performers, store.now()

    def kill_worker(self, how: str) -> bool:
        """Kill whoever holds the lock; whether there was anybody."""
        pid = self.watch.holder
        if pid is None or not kill(pid, self.world.data):
            return False
        self.count(f"worker killed {how}")
        return True

    @contextmanager
    def holding(
        self, subjects: list[Subject], *, patiently: bool = True
    ) -> Iterator[list[Subject]]:
        """Keep others from editing these scenes; without patience only those that are free."""
        held = []
        for one in sorted(subjects, key=lambda subject: subject.scene):
            if one.lock.acquire(blocking=patiently):
                held.append(one)
        try:
            yield held
        finally:
            for one in held:
                one.lock.release()

    def _subject(self, number: int) -> Subject:
        name = f"folder {number % 7}/scene {number}.mp4"
        title = f"{OURS}first-{number}"
        scene = self.world.stash.store.add_scene(f"/data/stash/{name}", title=title)
        genre = "theirs-agent" if number % 2 else ""
        key = self.world.plex.store.add_item(
            self.world.movies,
            [f"/media/plex/{name}"],
            title=f"theirs-title-{number}",
            tags={"genre": [genre]} if genre else {},
        )
        return Subject(scene, key, State(title), genre)
