"""The corpus itself: the same for the same seed, as hard as it says, and right about its truth."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.corpus.facts import Corpus, File, Verdict
from tests.corpus.generator import ABSENT, ITEMS, make_corpus
from tests.corpus.names import LONGEST, composed, decomposed, file_name, half_composed
from tests.corpus.oracle import Oracle
from tests.corpus.passes import Answer, Score, prefixes
from tests.corpus.world import World
from tests.standins.plex_client import Client

ROOT = Path(__file__).resolve().parents[2]
PRINT = "from tests.corpus.test_corpus import digest; print(digest(300))"


def digest(items: int) -> str:
    """A corpus in a few letters."""
    corpus = make_corpus(items=items)
    scenes = [(one.id, one.kind, one.files, sorted(one.items)) for one in corpus.scenes]
    text = repr((corpus.items, scenes))
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_seed_gives_the_same_corpus_in_every_process() -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", PRINT],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert told == {f"{digest(300)}\n"}


def test_another_seed_gives_another_corpus() -> None:
    assert make_corpus(seed=1, items=300).items != make_corpus(seed=2, items=300).items


def test_a_corpus_too_small_for_every_case_is_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        make_corpus(items=50)


def test_the_libraries_hold_ten_thousand_items_and_three_hundred_scenes_are_in_none(
    corpus: Corpus,
) -> None:
    chosen = [one for one in corpus.items if corpus.libraries[one.library].is_chosen]

    assert len(chosen) == ITEMS == 10_000
    assert sum(one.verdict is Verdict.NONE for one in corpus.scenes) == ABSENT == 300
    assert min(Counter(one.library for one in chosen).values()) > 2000


def test_the_recipes_say_the_same_as_a_plain_comparison_of_all_paths(corpus: Corpus) -> None:
    oracle = Oracle(corpus)

    differing = [s for s in corpus.scenes if oracle.verdict(s) != (s.verdict, s.items)]
    assert differing == []


def test_the_mapping_turns_every_scenes_path_into_plexs(corpus: Corpus) -> None:
    files = [file for scene in corpus.scenes for file in scene.files]

    to_plex = corpus.mapping.to_plex
    wrong = [one for one in files if composed(to_plex(one.stash)) != composed(one.plex)]
    assert wrong == []


def test_one_item_in_twenty_shares_its_name_with_one_in_another_folder(corpus: Corpus) -> None:
    chosen = [one for one in corpus.items if corpus.libraries[one.library].is_chosen]
    folders: dict[str, set[str]] = {}
    for one in chosen:
        folder, _, name = one.files[0].rpartition("/")
        folders.setdefault(name, set()).add(folder)

    repeated = [one for one in chosen if len(folders[file_name(one.files[0])]) > 1]
    assert len(repeated) >= ITEMS // 20
    assert max(map(len, folders.values())) >= 60


def test_paths_of_one_library_that_differ_in_case_alone_or_in_form_alone_are_many(
    corpus: Corpus,
) -> None:
    paths = {(item.library, path) for item in corpus.items for path in item.files}
    without_case = Counter((library, path.lower()) for library, path in paths)
    without_form = Counter((library, composed(path)) for library, path in paths)

    assert sum(count > 1 for count in without_case.values()) >= 100
    assert sum(count > 1 for count in without_form.values()) >= 40
    in_nfd = [path for _, path in paths if "\u0301" in path]
    assert len(in_nfd) >= 100


@pytest.mark.parametrize("sign", [*"\"'[](){}<>&%#?,+;=\\*~:", "\U0001f3ac", "\u200d", "\u201c"])
def test_every_sign_that_needs_care_is_in_many_names_of_scenes_in_plex(
    sign: str, corpus: Corpus
) -> None:
    found = [one for one in corpus.scenes if one.verdict is Verdict.FOUND]

    assert sum(any(sign in file_name(file.plex) for file in one.files) for one in found) >= 50


def test_a_hundred_names_have_the_greatest_length(corpus: Corpus) -> None:
    lengths = [len(file_name(path)) for item in corpus.items for path in item.files]

    assert sum(length == LONGEST for length in lengths) >= 100


def test_items_come_in_every_shape(corpus: Corpus) -> None:
    scenes_of = Counter(number for scene in corpus.scenes for number in scene.items)
    holders = Counter((one.library, path) for one in corpus.items for path in one.files)

    assert sum(len(one.files) > 1 for one in corpus.scenes) >= 300
    assert sum(any(len(parts) > 1 for parts in one.versions) for one in corpus.items) >= 200
    assert sum(len(one.versions) > 1 for one in corpus.items) >= 200
    assert sum(count > 1 for count in scenes_of.values()) >= 100  # merged
    assert sum(count > 1 for count in holders.values()) >= 100  # doubled
    assert sum(bool(one.optimised) for one in corpus.items) >= 200
    assert sum(one.verdict is Verdict.AMBIGUOUS for one in corpus.scenes) >= 150


def test_a_third_spelling_is_neither_of_the_other_two() -> None:
    text = "Fjord \u00e9t\u00e9 12.mp4"

    third = half_composed(text)
    assert composed(third) == composed(text)
    assert third not in {composed(text), decomposed(text)}


def test_the_longest_root_is_a_files_pair() -> None:
    deep = File(stash="/data/films/archive/a.mp4", plex="/mnt/archive/a.mp4")

    assert prefixes(deep) == ("/data/films/archive", "/mnt/archive")


@pytest.mark.parametrize(
    ("verdict", "answer", "is_wrong", "is_missed"),
    [
        (Verdict.FOUND, Answer(items=[1, 2]), False, False),
        (Verdict.FOUND, Answer(items=[1]), False, True),
        (Verdict.FOUND, Answer(items=[1, 2, 3]), True, False),
        (Verdict.FOUND, Answer(items=[1, 2, 2]), True, False),
        (Verdict.FOUND, Answer(candidates=[1, 2]), True, True),
        (Verdict.FOUND, Answer(), False, True),
        (Verdict.FOUND, Answer(items=[1, 2], error=OSError()), False, True),
        (Verdict.AMBIGUOUS, Answer(candidates=[2, 1]), False, False),
        (Verdict.AMBIGUOUS, Answer(items=[1]), True, True),
        (Verdict.AMBIGUOUS, Answer(candidates=[1]), False, True),
    ],
)
def test_the_score_tells_wrong_from_missed(
    verdict: Verdict, answer: Answer, is_wrong: bool, is_missed: bool
) -> None:
    score = Score()
    score.count("a scene", verdict, {1, 2}, answer)

    assert (score.wrong, score.missed) == (is_wrong, is_missed)
    assert len(score.examples) == (is_wrong or is_missed)


@pytest.mark.parametrize("answer", [Answer(items=[1]), Answer(candidates=[1])])
def test_anything_that_is_found_for_a_scene_that_is_not_there_is_wrong(answer: Answer) -> None:
    score = Score()
    score.count("a scene", Verdict.NONE, set(), answer)

    assert (score.wrong, score.missed) == (1, 0)


def test_the_world_speaks_json_unasked_and_ignores_file_when_it_is_told_to(world: World) -> None:
    client = Client(world.server)
    target = "/library/sections/1/all?type=1&file=no+such+file"
    try:
        usual = client.tree(target)
        with world.speaking(json=True, honours_file=False):
            other = client.ask(target, headers={"Accept": "application/xml"})
    finally:
        client.close()

    assert len(usual) == 0
    assert other.headers["Content-Type"] == "application/json"
    assert other.json()["MediaContainer"]["size"] > 2000
