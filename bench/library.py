"""What the library of the benchmark holds: the facts of a scene and of its item, by their number.

Both byte stand-ins make their answers of these, each in a process of its own, so nothing has to
be passed between them. A scene changes by its revision: every other one gives it another title,
or other tags where it is the tags that change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

FIRST_KEY = 200_000  # rating keys are no scene ids: a mix-up has to show
STASH_FOLDER, PLEX_FOLDER = "/data/stash", "/media/plex"
SECTION, SECTION_UUID = 1, "5a1c9d6e-0000-4000-8000-000000000001"
MACHINE = "benchmark0000000000000000000000000000001"
ADDED = 1_767_225_600  # Unix seconds: when Plex added every item
PERFORMERS, STUDIOS, TAGS = 2_000, 200, 600
SCENES_ALIKE = 10  # neighbours share their tags, as the scenes of one series do
_OLDEST = datetime(2026, 4, 1, tzinfo=timezone.utc)
_CHANGED = datetime(2026, 9, 1, tzinfo=timezone.utc)
_DETAILS = (
    "A long evening in the old house by the river, told in one take. Number {} of a series whose "
    "parts were shot in different summers, with an introduction that nobody asked for."
)


@dataclass(slots=True)
class Revision:
    """How often the title and the tags of one scene were changed, and when Stash says so."""

    title: int = 0
    tags: int = 0
    updated_at: str = ""


AS_IT_WAS = Revision()


def file_name(number: int) -> str:
    """The name of a scene's file."""
    return f"scene {number:06}.mp4"


def path_below(folder: str, number: int) -> str:
    """The path of a scene's file below one of the two roots."""
    return f"{folder}/folder {number % 500:03}/{file_name(number)}"


def title(number: int, revision: Revision = AS_IT_WAS) -> str:
    """The title of a scene in Stash."""
    return f"Scene {number} & friends" + (f", cut {revision.title}" if revision.title else "")


def tags(number: int, revision: Revision = AS_IT_WAS) -> tuple[int, ...]:
    """The tags of a scene: those of its group, three of which move with each revision."""
    group = number // SCENES_ALIKE
    moved = [(group * 7 + revision.tags * 3 + place) % (TAGS // 2) for place in range(3)]
    return (*moved, TAGS // 2 + group % 100, TAGS // 2 + 100 + group % 200)


def tag_name(tag: int) -> str:
    """The name of a tag; names are in the order of numbers, as Stash sorts by them."""
    return f"tag {tag:03}"


def scene(number: int, revision: Revision = AS_IT_WAS) -> dict[str, Any]:
    """A scene as Stash answers it."""
    studio = number % STUDIOS
    return {
        "id": str(number),
        "title": title(number, revision),
        "details": _DETAILS.format(number),
        "director": f"Director {number % 50}",
        "date": f"20{10 + number % 15}-{1 + number % 12:02}-{1 + number % 28:02}",
        "rating100": number % 101,
        "organized": number % 3 == 0,
        "updated_at": updated_at(number, revision),
        "files": [{"path": path_below(STASH_FOLDER, number)}],
        "paths": {"screenshot": None},
        "studio": {
            "id": str(studio + 1),
            "name": f"Studio {studio}",
            "parent_studio": {"id": "1", "name": "Studio 0"} if studio % 4 else None,
        },
        "performers": [
            {"id": str(one + 1), "name": f"Performer {one:04}", "disambiguation": ""}
            for one in sorted((number * 3 + place * 701) % PERFORMERS for place in range(3))
        ],
        "tags": [
            {"id": str(one + 1), "name": tag_name(one)} for one in sorted(tags(number, revision))
        ],
        "groups": [{"group": {"id": str(number % 40 + 1), "name": f"Group {number % 40}"}}],
    }


def updated_at(number: int, revision: Revision = AS_IT_WAS) -> str:
    """When Stash says that a scene last changed: each a minute after the one before."""
    return revision.updated_at or in_words(_OLDEST + timedelta(minutes=number))


def changed_at(count: int) -> str:
    """When the `count`th change was made: all of them after everything that was there before."""
    return in_words(_CHANGED + timedelta(seconds=count))


def in_words(at: datetime) -> str:
    """A moment as Stash writes it."""
    return at.isoformat().replace("+00:00", "Z")
