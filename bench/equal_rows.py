"""The row about edits that are equal: scenes that get the same lists share a request.

Neighbours have the same tags, as the scenes of one series do, and get the same new ones; nothing
else of them changes. What Plex shows afterwards is read back and compared, once with a Plex where
an indexed list replaces and once with one where it adds.
"""

from __future__ import annotations

from bench import library
from bench.bytes_item import Semantics
from bench.library import SCENES_ALIKE, Revision
from bench.measure import Row
from bench.rig import Rig
from bench.rigs import Rigs
from bench.run_rows import facts
from plex.client import IDS_PER_READ, PlexClient

WRITES = 0.15
BOTH: tuple[Semantics, ...] = ("replace", "add")


def equal(rigs: Rigs) -> list[Row]:
    """Sync all after ten neighbours each got the same new tags."""
    return [_equal(rigs, semantics) for semantics in BOTH]


def _equal(rigs: Rigs, semantics: Semantics) -> Row:
    scenes = rigs.sizes.equal
    rig = rigs.fresh(scenes)
    rig.plex.tell("semantics", semantics=semantics)
    rig.start_worker()
    rig.run()
    rig.stash.change(range(1, scenes + 1), "tags")
    one = rig.run()
    wrong = wrong_items(rig)
    rig.end_worker()
    writes = one.plex.get("edit", 0) / scenes
    return Row(
        name="equal",
        what=f"{scenes:,} scenes, {scenes // SCENES_ALIKE:,} different edits; "
        f"a list that Plex is sent {semantics}s",
        must=f"<= {WRITES} Plex writes a scene, every item right",
        measured=f"{writes:.2f} writes, {wrong} items wrong, {one.seconds:.1f} s",
        holds=writes <= WRITES and not wrong,
        facts={**facts([one], [], scenes), "wrong": wrong, "semantics": semantics},
    )


def wrong_items(rig: Rig) -> int:
    """How many items show other tags than their scene has now, or are not locked."""
    client = PlexClient(rig.plex.url, "any", identifier="bench")
    wrong = 0
    for start in range(1, rig.scenes + 1, IDS_PER_READ):
        numbers = range(start, min(start + IDS_PER_READ, rig.scenes + 1))
        items = client.items([library.FIRST_KEY + one for one in numbers])
        for number in numbers:
            item = items[library.FIRST_KEY + number]
            wanted = {library.tag_name(one) for one in library.tags(number, Revision(tags=1))}
            shown = [one.tag for one in item.tags.get("genre", ())]
            wrong += sorted(shown) != sorted(wanted) or "genre" not in item.locked
    client.close()
    return wrong
