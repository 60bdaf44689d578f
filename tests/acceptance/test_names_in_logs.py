"""Titles, paths and names are for the page: logs tell scenes and items by their numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.acceptance.test_broken_rows import change_ledger
from tests.acceptance.world import JPEG, World
from tests.waiting import wait_for

# In every title, path and name of Stash's and of Plex's items.
MARK = "Xanthippe"
TASKS = (
    "Rewrite all scenes",
    "Preview all scenes",
    "Detect path mappings",
    "Undo the last run",
    "Show status",
)
BROKEN = "UPDATE items SET before = '{before}' WHERE rating_key = {key}"
BAD_SETTINGS = {
    "plexLibraries": f"Videos; Library {MARK}",
    "titleTemplate": f"{{{MARK}}}",
    "pathMappings": f"/data/stash => /media/plex; /nowhere/{MARK}",
    "tagsAs": MARK,
}


@dataclass
class Library:
    """Scenes by what becomes of them."""

    world: World
    with_details: bool
    scenes: dict[str, int] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)

    def configure(self, **changes: object) -> None:
        self.world.configure(logDetails=self.with_details, **changes)

    def add(self, name: str, *, items: int = 1, folder: str = "/data/stash") -> None:
        """A scene full of names, and as many items of its file."""
        store, plex = self.world.stash.store, self.world.plex.store
        self.scenes[name] = store.add_scene(
            f"{folder}/{MARK}/{name}.mp4",
            title=f"{MARK} {name}",
            details=f"about {MARK}",
            studio=store.add_studio(f"Studio {MARK} {name}"),
            performers=[store.add_performer(f"Performer {MARK} {name}")],
            tags=[store.add_tag(f"Tag {MARK} {name}")],
            cover=JPEG,
        )
        for _ in range(items):
            self.keys[name] = plex.add_item(
                self.world.movies, [f"/media/plex/{MARK}/{name}.mp4"], title=f"{MARK} of Plex"
            )

    def save(self, name: str, title: str) -> None:
        self.world.save(self.scenes[name], title=f"{MARK} {title}")

    def wait_for_title(self, name: str, title: str) -> None:
        key, wanted = self.keys[name], f"{MARK} {title}"
        wait_for(lambda: self.world.shown(key, "title") == wanted, what=wanted, seconds=40)


def live(library: Library) -> None:
    """Everyday ways, and all that goes wrong on them."""
    world, store = library.world, library.world.stash.store
    for name in ("written", "refused", "broken", "filtered", "destroyed", "renamed"):
        library.add(name)
    library.add("absent", items=0)
    library.add("ambiguous", items=2)
    library.add("unmapped", items=0, folder="/other")
    world.plex.faults.set(
        "status:400", methods={"PUT"}, paths=f"metadata/{library.keys['refused']}\\?"
    )
    world.task("Sync all scenes")
    library.configure(filterNotTags=f"Tag {MARK} filtered", scanMissing=True)
    change_ledger(world, BROKEN.format(before=MARK, key=library.keys["broken"]))
    world.plex.faults.set("status:403", paths="refresh")
    for name in library.scenes:
        library.save(name, "saved")
    library.wait_for_title("written", "saved")
    store.rename_file(f"/data/stash/{MARK}/renamed.mp4", f"/data/stash/{MARK}/other name.mp4")
    library.save("renamed", "under another name")
    for trouble in ("status:500", "garbage", "reset"):
        world.plex.faults.set(trouble, methods={"PUT"}, times=2)
        library.save("written", trouble)
        library.wait_for_title("written", trouble)
    world.stash.faults.locked = True
    library.save("written", "while Stash is locked")
    world.wait_for_pause("stash_away")
    world.stash.faults.locked = False
    library.wait_for_title("written", "while Stash is locked")


def ask(library: Library) -> None:
    """What is asked for by hand, and settings that cannot be used."""
    world, scenes = library.world, library.scenes
    change_ledger(world, BROKEN.format(before="{}", key=library.keys["broken"]))
    world.operation(mode="ignore", ids=[scenes["written"]], on=True)
    world.operation(mode="choose", id=scenes["ambiguous"], rating_key=library.keys["ambiguous"])
    library.configure(**BAD_SETTINGS)
    library.save("written", "with bad settings")
    world.operation(mode="start", what="retry_failed")
    for task in TASKS:
        world.task(task)
    library.configure(pathMappings="")
    world.task("Detect path mappings")
    library.configure(pathMappings=f"/data/stash => /media/{MARK}")
    library.save("absent", "with another mapping")
    world.task("Show status")


@pytest.fixture(scope="module", params=[False, True], ids=["usual", "with details"])
def library(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Library]:
    with World(tmp_path_factory.mktemp("names")) as world:
        library = Library(world, with_details=request.param)
        library.configure()
        live(library)
        ask(library)
        yield library


def named(lines: list[str]) -> list[str]:
    return [line for line in lines if MARK in line]


def worker_log(world: World) -> list[str]:
    logs = sorted(world.data.glob("worker.log*"))
    return [line for log in logs for line in log.read_text().splitlines()]


def test_no_log_names_a_title_a_path_or_a_tag_whatever_happens(library: Library) -> None:
    lines = worker_log(library.world)
    stash_lines = [line.message for line in library.world.stash.log]
    assert named(stash_lines) == []
    if library.with_details:
        assert named([line for line in lines if " DEBUG " not in line]) == []
    else:
        assert named(lines) == []


def test_the_log_tells_by_number_what_became_of_each_scene(library: Library) -> None:
    log = "\n".join(worker_log(library.world))
    scenes, keys = library.scenes, library.keys
    for told in (
        f"scene {scenes['written']} -> item {keys['written']}: title",
        f"scene {scenes['absent']} is left as it is: not_scanned",
        f"scene {scenes['unmapped']} is left as it is: no_mapping",
        f"scene {scenes['ambiguous']} is left as it is: ambiguous",
        f"scene {scenes['filtered']} is left as it is: filtered",
        f"scene {scenes['refused']} is set aside (refused_edit)",
        f"scene {scenes['broken']}: unexpected trouble: JSONDecodeError",
        "setting titleTemplate: the page says what is wrong with it",
        "PlexSync waits: Stash answered 200 with an error: error executing a statement: database",
    ):
        assert told in log


def test_titles_and_paths_stand_in_the_log_once_a_person_wants_them(library: Library) -> None:
    told = named(worker_log(library.world))
    assert any(f"/media/plex/{MARK}/written.mp4" in line for line in told) is library.with_details
    assert any(f"{MARK} saved" in line for line in told) is library.with_details


def test_the_page_names_what_the_logs_do_not(library: Library) -> None:
    scene = library.world.operation(mode="scene", id=library.scenes["ambiguous"])
    assert MARK in json.dumps(scene)


def test_the_support_bundle_names_nothing_unless_the_person_says_so(library: Library) -> None:
    world = library.world
    assert MARK not in world.operation(mode="support")["text"]
    assert MARK not in world.operation(mode="support", mask=True)["text"]
    assert MARK in world.operation(mode="support", mask=False)["text"]
