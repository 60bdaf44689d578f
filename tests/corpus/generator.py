"""The corpus: 10,000 items of Plex and the scenes of Stash, the same ones for the same seed.

Half of it is usual; the rest is every case that a matcher is known to get wrong, many times and in
random company. The truth of each scene comes from its recipe, never from a comparison of paths, and
`test_corpus.py` holds it against a comparison that shares nothing with the product's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle, islice
from random import Random

from tests.corpus import recipes
from tests.corpus.builder import NOWHERE, Builder
from tests.corpus.facts import Corpus

SEED = 20_250_119
ITEMS = 10_000  # in the chosen libraries
ABSENT = 300  # scenes that are in no chosen library
REPEATED = 0.05  # of the items: one name in several folders

Recipe = Callable[[Builder, str], None]

# Kind of scene, recipe, and how many cases of it there are among 10,000 items.
_CASES: tuple[tuple[str, Recipe, int], ...] = (
    *((kind, recipe, 100) for kind, recipe in recipes.SPECIAL_NAMES.items()),
    ("long names", recipes.long_name, 50),
    ("one name in many folders", partial(recipes.repeated_name, times=recipes.MANY), 1),
    ("case twins", recipes.case_twins, 100),
    ("normal forms", recipes.other_form, 200),
    ("both normal forms", recipes.both_forms, 40),
    ("several files", recipes.several_files, 300),
    ("several parts", recipes.several_parts, 200),
    ("merged items", recipes.merged, 150),
    ("doubled items", recipes.doubled, 80),
    ("doubled in one library", recipes.doubled_and_single, 30),
    ("optimised versions", recipes.optimised, 150),
    ("optimised elsewhere", recipes.optimised_elsewhere, 40),
    ("two libraries", recipes.shared, 200),
    ("one library of two", recipes.half_shared, 60),
    ("split over items", recipes.split, 100),
    ("split and respelled", recipes.split_and_respelled, 40),
    ("split over libraries", recipes.split_across_libraries, 60),
    ("split and undecided", recipes.split_undecided, 60),
    ("decoys", recipes.decoy, 60),
    ("set aside", recipes.set_aside, 60),
)
_ABSENT: tuple[tuple[str, Recipe], ...] = (
    ("absent", recipes.absent),
    ("absent, a namesake is there", recipes.absent_namesake),
    ("absent but for case", recipes.absent_case),
    ("absent, a piece of a name", recipes.absent_piece),
    ("absent but for Plex's own version", recipes.absent_optimised),
    ("absent but for a library aside", recipes.absent_aside),
    ("absent but for a decoy", recipes.absent_decoy),
    ("absent, without a file", recipes.absent_fileless),
    ("absent, in no library's folder", lambda b, kind: b.scene(kind, b.file(root=NOWHERE))),
)


def make_corpus(*, seed: int = SEED, items: int = ITEMS) -> Corpus:
    """Make a corpus.

    Args:
        seed: The same one gives the same corpus, to the letter.
        items: How many items the chosen libraries hold; all else is in proportion.

    Raises:
        ValueError: There is no room for one case of each kind.
    """
    builder = Builder(Random(seed))
    share = items / ITEMS
    for kind, recipe in islice(cycle(_ABSENT), round(ABSENT * share)):
        recipe(builder, kind)
    for kind, case in _cases(builder, share):
        case(builder, kind)
    while builder.chosen < items:
        recipes.plain(builder, "plain")
    if builder.chosen > items:
        raise ValueError(f"{items} items are too few for one case of each kind")
    return builder.finished()


def _cases(builder: Builder, share: float) -> Iterator[tuple[str, Recipe]]:
    for kind, recipe, count in _CASES:
        for _ in range(max(1, round(count * share))):
            yield kind, recipe
    enough = builder.chosen + REPEATED * ITEMS * share
    while builder.chosen < enough:
        yield "repeated names", recipes.repeated_name
