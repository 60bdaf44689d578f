"""Three scenes between the two servers, an edit of each, and the judgement of what came of it.

Every title and tag begins with the scene's own number, so that a value that reached another item,
or one that Stash never had, is recognised wherever it turns up.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from demo.plexserver import edits
from demo.plexserver.wire import LoggedRequest
from plex.pictures import digest
from tests.acceptance.world import JPEG, World
from tests.torture.verdict import accidents
from tests.waiting import wait_for

SCENES = 3
THEIRS = "theirs-genre"
PATIENCE_SECONDS = 90.0


@dataclass(slots=True, eq=False)
class Subject:
    """One scene and its item.

    Attributes:
        keys: All rating keys that its file ever had, the present one last.
        titles: All titles that Stash ever had for it.
        tags: All tags likewise.
        cover: What its poster has to show; empty where that is no matter.
        covers: The digests of all covers that it ever had.
    """

    number: int
    scene: int
    keys: list[int]
    titles: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    tag: str = ""
    cover: bytes = b""
    covers: set[str] = field(default_factory=set)

    @property
    def key(self) -> int:
        """The present rating key."""
        return self.keys[-1]


class Stage:
    """A world with some scenes that are in step, an item that is nobody's, and a lonely scene.

    Attributes:
        world: Both servers and the plugin.
        subjects: The scenes that are edited.
        bystander: An item whose file Stash does not know.
        forgets: Nobody knows any more which tags are ours, so those of before stay.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.subjects = [self._subject(number) for number in range(SCENES)]
        self.bystander = world.plex.store.add_item(world.movies, ["/media/plex/nobodys.mp4"])
        self.lonely = world.stash.store.add_scene("/data/stash/lonely.mp4", title="lonely")
        self.forgets = False
        self._rounds = 0
        self._forgotten = 0

    def _subject(self, number: int) -> Subject:
        name = f"scene {number}.mp4"
        scene = self.world.stash.store.add_scene(f"/data/stash/{name}")
        tags = {"genre": [THEIRS]}
        key = self.world.plex.store.add_item(self.world.movies, [f"/media/plex/{name}"], tags=tags)
        return Subject(number, scene, [key])

    def edit_all(self) -> None:
        """Save each scene with another title and another tag, as persons do."""
        self._rounds += 1
        for one in self.subjects:
            self.edit(one)

    def edit(self, one: Subject) -> None:
        """Save one scene."""
        one.titles.append(f"ours-{one.number} round {self._rounds}")
        one.tag = f"ours-{one.number} tag {self._rounds}"
        one.tags.add(one.tag)
        tag = self.world.stash.store.add_tag(one.tag)
        self.world.save(one.scene, title=one.titles[-1], tag_ids=[str(tag)])

    def give_covers(self) -> None:
        """Another cover for each scene; its next save brings it."""
        self._rounds += 1
        for one in self.subjects:
            one.cover = JPEG + f"{one.number} round {self._rounds}".encode()
            one.covers.add(digest(one.cover))
            self.world.stash.store.set_cover(one.scene, one.cover)

    def _shows_cover(self, one: Subject) -> bool:
        selected = self.world.plex.store.item(one.key).selected.get("posters", "")
        return not one.cover or selected.endswith(digest(one.cover))

    def is_right(self, one: Subject) -> bool:
        """Whether an item shows what Stash says, and a person's value beside it."""
        with suppress(KeyError):
            title = self.world.shown(one.key, "title")
            shown = set(self._genres(one))
            if self.forgets:
                shown -= one.tags - {one.tag}
            is_text_right = title == one.titles[-1] and shown == {one.tag, THEIRS}
            return is_text_right and self._shows_cover(one)
        return False

    def _genres(self, one: Subject) -> list[str]:
        return self.world.tags(one.key, "genre")

    def wait_until_right(self, *, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until every item shows what Stash says."""
        try:
            wait_for(
                lambda: all(map(self.is_right, self.subjects)), what="all items", seconds=seconds
            )
        except AssertionError as error:
            shown = [
                (self.world.shown(one.key, "title"), self._genres(one)) for one in self.subjects
            ]
            log = self.world.worker_log()[-2000:]
            raise AssertionError(
                f"{error}\nshown: {shown}\n{self.status()['pause']}\n{log}"
            ) from None

    def status(self) -> dict[str, Any]:
        """What the page shows; read without Stash, which may be off."""
        return self.world.status()

    def edits(self) -> list[LoggedRequest]:
        """Every write that Plex was sent, answered or not."""
        requests = self.world.plex.requests[self._forgotten :]
        return [one for one in requests if one.kind == "edit"]

    def forget_requests(self) -> None:
        """Judge only what is sent from now on: the keys mean other files."""
        self._forgotten = len(self.world.plex.requests)

    def lost(self) -> Iterator[str]:
        """What did not reach Plex, and what was left lying."""
        for one in self.subjects:
            if not self.is_right(one):
                yield f"scene {one.scene} is not shown by item {one.key}"
        status = self.status()
        if status["failed"]:
            yield f"dead letters: {status['failed']}"
        if status["inbox"]["unreadable"]:
            yield "files of the inbox could not be read"
        lines = self.world.worker_log().splitlines()
        for accident in accidents([one for one in lines if " is set aside " not in one]):
            yield f"the worker's log tells of {accident}"

    def wrong_writes(self) -> Iterator[str]:
        """Each write of a value that the item's own scene never had in Stash."""
        owners = {key: one for one in self.subjects for key in one.keys}
        for key, one in owners.items():
            item = self.world.plex.store.live(key)
            if item and {upload.sha1 for upload in item.uploads} - one.covers:
                yield f"item {key} was sent a picture that its scene never had"
        for request in self.edits():
            if not request.keys:
                yield f"{request.raw_target} names no item, so that all are meant"
            for key in request.keys:
                owner = owners.get(key)
                if owner is None:
                    yield f"{request.path} was written, which is nobody's"
                else:
                    yield from _wrong_values(owner, request)


def _wrong_values(owner: Subject, request: LoggedRequest) -> Iterator[str]:
    asked = edits.parse(request.query)
    for name, value in asked.scalars.items():
        if value and not (name == "title" and value in owner.titles):
            yield f"item {owner.key} was sent {name} {value!r}"
    for name, values in asked.lists.items():
        strange = {one.tag for one in values} - owner.tags - {THEIRS}
        if strange or name != "genre":
            yield f"item {owner.key} was sent {name} {sorted(strange)}"
    for name, gone in asked.removals.items():
        if set(gone) - owner.tags:
            yield f"item {owner.key} was to lose {name} {gone}"


def plain(sentence: str, world: World) -> str:
    """A sentence with addresses that do not differ from run to run."""
    known = {world.plex.url: "http://plex:32400", world.stash.url: "http://stash:9999"}
    for url, name in known.items():
        sentence = sentence.replace(url, name)
    return sentence
