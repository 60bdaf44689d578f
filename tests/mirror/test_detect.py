"""What detection may say, whatever the layout: rules one by one, then properties of any layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.detection.detect import Detection, detect
from mirror.paths import PathMapping, comparable, same_file
from plex.paths import exchange_prefix
from tests.examples import examples

FILMS = [f"{folder}/film {number}.mp4" for number, folder in enumerate("ABCD" * 10)]


def below(folder: str, tails: list[str]) -> list[str]:
    return [f"{folder}/{tail}" for tail in tails]


def told(stash: list[str], plex: list[str]) -> Detection:
    """Detection without a word about the library folders."""
    return detect(stash, plex, plex_folders=[])


SURE = Detection(
    pairs=(("/data", "/mnt"),),
    sampled=400,
    named=400,
    matched=400,
    agreeing=20,
    contradicting=0,
    matched_examples=(),
    unmatched_examples=(),
    alternatives=(),
    missing_folders=(),
)


# The rule for use without a person's word


def test_a_sure_detection_may_be_used() -> None:
    assert SURE.may_be_used(100_000)


@pytest.mark.parametrize(
    "doubtful",
    [
        replace(SURE, agreeing=19),
        replace(SURE, contradicting=1),
        replace(SURE, matched=379),
        replace(SURE, alternatives=(("/a", "/x"), ("/a", "/y"))),
        replace(SURE, named=0, matched=0, agreeing=0),
    ],
)
def test_a_doubtful_detection_is_only_proposed(doubtful: Detection) -> None:
    assert not doubtful.may_be_used(100_000)


def test_ninety_five_per_cent_are_enough() -> None:
    assert replace(SURE, matched=380).may_be_used(100_000)


@pytest.mark.parametrize(
    ("scenes", "agreeing", "used"),
    [(40, 20, True), (39, 20, True), (39, 19, False), (9, 5, True), (9, 4, False), (1, 1, True)],
)
def test_in_a_small_library_half_of_the_scenes_have_to_agree(
    scenes: int, agreeing: int, used: bool
) -> None:
    assert replace(SURE, agreeing=agreeing).may_be_used(scenes) is used


def test_without_a_single_agreeing_file_nothing_is_used() -> None:
    assert not replace(SURE, agreeing=0).may_be_used(0)
    assert not told([], []).may_be_used(0)


# Counting


def test_only_files_that_plex_knows_by_name_count() -> None:
    """A library that holds a tenth of the scenes says as much as one that holds all."""
    found = told(below("/data", FILMS), below("/mnt", FILMS[:4]))

    assert (found.sampled, found.named, found.matched) == (40, 4, 4)
    assert found.coverage == 1.0


def test_nothing_in_common_is_no_coverage() -> None:
    assert told(below("/data", FILMS), []).coverage == 0.0


def test_a_file_given_twice_is_one_file() -> None:
    found = told(2 * below("/data", FILMS), 2 * below("/mnt", FILMS))

    assert (found.sampled, found.matched, found.agreeing) == (40, 40, 40)


def test_examples_are_few_and_as_each_side_spells_them() -> None:
    strays = [f"Intro {number}.mp4" for number in range(6)]
    stash = [*below("/data", [tail.lower() for tail in FILMS]), *below("/data/A", strays)]
    plex = [f"E:\\V\\{tail}".replace("/", "\\") for tail in FILMS]
    found = told(stash, [*plex, *(f"E:\\{number}\\{name}" for number, name in enumerate(strays))])

    assert found.matched_examples[0] == ("/data/a/film 0.mp4", "E:\\V\\A\\film 0.mp4")
    assert len(found.matched_examples) == 5
    assert found.unmatched_examples == tuple(below("/data/A", strays)[:5])


def test_a_name_in_another_case_is_the_same_name_where_one_side_is_windows() -> None:
    found = told(["D:\\v\\A\\Film.mp4"], ["/mnt/A/film.mp4"])

    assert (found.named, found.matched, found.contradicting) == (1, 0, 1)
    assert told(["/v/A/Film.mp4"], ["/mnt/A/film.mp4"]).named == 0


def test_a_remainder_in_another_case_is_no_match_where_plex_is_posix() -> None:
    found = told(below("D:\\v", ["a/1.mp4", "a/2.mp4"]), below("/mnt", ["A/1.mp4", "A/2.mp4"]))

    assert found.pairs == (("D:\\v\\a", "/mnt/A"),)
    assert found.matched == 2


def test_a_backslash_in_a_posix_name_is_part_of_the_name() -> None:
    found = told(["/data/AC\\DC.mp4"], ["/mnt/AC\\DC.mp4", "/mnt/x/DC.mp4"])

    assert found.pairs == (("/data", "/mnt"),)
    assert told(["/data/AC\\DC.mp4"], ["/mnt/DC.mp4"]).named == 0


# Evidence


def test_a_copy_elsewhere_does_not_hide_where_a_file_stands_under_its_own_path() -> None:
    found = told(["/data/A/1.mp4", "/data/B/2.mp4"], ["/data/A/1.mp4", "/mnt/A/1.mp4"])

    assert found.pairs == ()
    assert found.matched == 1


def test_a_file_with_the_same_path_on_both_sides_is_never_outvoted() -> None:
    """Its folder is left out of the pair that all its neighbours need."""
    plex = ["/data/Z/same.mp4", *below("/mnt", FILMS)]
    found = told([*below("/data", FILMS), "/data/Z/same.mp4"], plex)

    assert set(found.pairs) == {("/data", "/mnt"), ("/data/Z", "/data/Z")}
    assert found.matched == 41


def test_two_files_are_enough_for_a_longer_pair_and_one_is_not() -> None:
    """One may be a stray namesake, and its pair would take its neighbours away."""
    plex = [*below("/mnt", FILMS), "/q/x.mp4", "/q/y.mp4"]
    one = told([*below("/data", FILMS), "/data/Z/x.mp4"], plex)
    two = told([*below("/data", FILMS), "/data/Z/x.mp4", "/data/Z/y.mp4"], plex)

    assert one.pairs == (("/data", "/mnt"),)
    assert one.contradicting == 1
    assert set(two.pairs) == {("/data", "/mnt"), ("/data/Z", "/q")}


def test_stray_namesakes_make_no_pairs() -> None:
    stash = [f"/phone/{number}/IMG_{number}.mp4" for number in range(5)]
    plex = [f"/tv/{number + 1}/IMG_{number}.mp4" for number in range(5)]
    found = told([*below("/data", FILMS), *stash], [*below("/mnt", FILMS), *plex])

    assert found.pairs == (("/data", "/mnt"),)
    assert found.contradicting == 5


def test_one_file_is_enough_for_a_folder_of_its_own_if_its_folders_name_fits_too() -> None:
    found = told(
        [*below("/data", FILMS), "/clips/Holiday/x.mp4"],
        [*below("/mnt", FILMS), "/c/Holiday/x.mp4"],
    )

    assert ("/clips/Holiday", "/c/Holiday") in found.pairs


def test_names_that_repeat_make_no_longer_pair_where_certain_files_have_one() -> None:
    """The show's episodes are numbered like those of another show, which Plex has."""
    episodes = ["01.mp4", "02.mp4", "03.mp4"]
    stash = [*below("/data", FILMS[:4]), *below("/data/Show Z/S1", episodes)]
    shows = [*below("/mnt/Show A/S1", episodes), *below("/mnt/Show A/S2", episodes)]
    found = told(stash, [*below("/mnt", FILMS[:4]), *shows])

    assert found.pairs == (("/data", "/mnt"),)
    assert found.alternatives == ()


def test_names_that_repeat_widen_a_pair_that_certain_files_prove() -> None:
    show = [f"X/0{number}.mp4" for number in range(4)]
    tails = ["A/film 1.mp4", "A/film 2.mp4", *show]
    plex = [*tails, *(tail.replace("X", "Y") for tail in show)]

    assert told(below("/data", tails), below("/mnt", plex)).pairs == (("/data", "/mnt"),)


def test_a_place_belongs_to_the_file_that_shares_more_of_its_path() -> None:
    found = told(["/data/X/S/1.mp4", "/data/Y/S/1.mp4"], ["/mnt/X/S/1.mp4"])

    assert found.pairs == (("/data/X/S", "/mnt/X/S"),)
    assert found.alternatives == ()


def test_a_name_that_the_sample_has_twice_is_certain_for_neither() -> None:
    found = told(["/data/A/1.mp4", "/data/B/1.mp4"], ["/mnt/A/1.mp4"])

    assert (found.agreeing, found.contradicting) == (0, 0)
    assert found.pairs == (("/data/A", "/mnt/A"),)


def test_names_that_differ_in_case_are_one_name_to_a_windows_server() -> None:
    found = told(["/data/A/x.mp4", "/data/A/X.mp4"], ["D:\\v\\A\\x.mp4"])

    assert (found.named, found.agreeing, found.contradicting) == (2, 0, 0)


def test_a_name_alone_is_no_evidence_if_it_is_not_the_only_one() -> None:
    assert told(["D:\\v\\Film.mp4"], ["/a/Film.mp4", "/b/film.mp4"]).pairs == ()


def test_a_folder_of_the_same_name_is_better_than_another_with_the_same_files() -> None:
    names = [f"{number:02}.mp4" for number in range(5)]
    own = ["u.mp4", "v.mp4", "w.mp4"]
    stash = below("/data/A", [*names, *own, "x.mp4"])
    plex = [*below("/mnt/A", [*names, *own]), *below("/mnt/B", [*names, "x.mp4"])]

    assert told(stash, plex).pairs == (("/data/A", "/mnt/A"),)


def test_a_folder_that_holds_one_file_with_the_same_path_is_left_alone() -> None:
    """Its other files would match with a pair, and this one would not any more."""
    numbers = [f"{number}.mp4" for number in range(10)]
    found = told(
        [*below("/data", numbers), "/data/same.mp4"],
        [*below("/mnt", numbers), "/data/same.mp4"],
    )

    assert found.mapping.to_plex("/data/same.mp4") == "/data/same.mp4"
    assert not found.is_unanimous


def test_two_files_next_to_a_folder_with_the_same_paths_are_enough_for_their_pair() -> None:
    found = told(
        ["/data/0.mp4", "/data/1.mp4", "/data/in/2.mp4", "/data/in/3.mp4"],
        ["/p1/0.mp4", "/p1/1.mp4", "/data/in/2.mp4", "/data/in/3.mp4"],
    )

    assert set(found.pairs) == {("/data", "/p1"), ("/data/in", "/data/in")}


def test_names_that_repeat_do_not_outvote_a_file_with_the_same_path() -> None:
    show = [f"{folder}/0{number}.mp4" for folder in "ABC" for number in range(4)]
    found = told(
        [*below("/data", show), "/data/C/same.mp4"],
        [*below("/mnt", show), "/data/C/same.mp4"],
    )

    assert found.mapping.to_plex("/data/C/same.mp4") == "/data/C/same.mp4"
    assert found.mapping.to_plex("/data/A/01.mp4") == "/mnt/A/01.mp4"


def test_one_stray_namesake_among_a_few_files_does_not_unsettle_them() -> None:
    names = ["1.mp4", "2.mp4", "3.mp4", "4.mp4"]
    found = told(below("/data", [*names, "x.mp4"]), [*below("/mnt", names), "/tv/x.mp4"])

    assert found.pairs == (("/data", "/mnt"),)
    assert (found.agreeing, found.contradicting) == (4, 1)


def test_a_linked_folder_outweighs_one_file_that_claims_its_place() -> None:
    linked = [f"{number}.mp4" for number in range(8)]
    found = told(
        [*below("/data", FILMS), *below("/data/link", linked), "/data/pool/x.mp4"],
        [*below("/mnt", FILMS), *below("/mnt/pool", linked), "/mnt/pool/x.mp4"],
    )

    assert set(found.pairs) == {("/data", "/mnt"), ("/data/link", "/mnt/pool")}


def test_one_tie_among_many_files_is_no_open_question() -> None:
    found = told(
        [*below("/data", FILMS), "/phone/x.mp4"],
        [*below("/mnt", FILMS), "/a/x.mp4", "/b/x.mp4"],
    )

    assert found.alternatives == ()


def test_a_name_in_too_many_places_is_no_open_question() -> None:
    assert told(["/data/x.mp4"], [f"/{folder}/x.mp4" for folder in "abcd"]).alternatives != ()
    assert told(["/data/x.mp4"], [f"/{folder}/x.mp4" for folder in "abcde"]).alternatives == ()


def test_a_copy_in_stash_is_no_open_question_if_the_other_one_has_its_pair() -> None:
    found = told(
        [*below("/b", FILMS[:4]), "/b/x.mp4", "/a/x.mp4"],
        [*below("/mnt", FILMS[:4]), "/mnt/x.mp4"],
    )

    assert found.pairs == (("/b", "/mnt"),)
    assert found.alternatives == ()


def test_folders_arranged_in_another_way_on_each_side_are_no_mapping() -> None:
    """Fifty pairs would tell nothing about the fifty-first folder."""
    numbers = range(400)
    found = told(
        [f"/data/{number // 8}/{number}.mp4" for number in numbers],
        [f"/mnt/x{number // 8}/{number}.mp4" for number in numbers],
    )

    assert found.pairs == ()
    assert not found.may_be_used(400)


def test_a_pair_says_no_more_than_the_sample_proves_where_no_library_is_known() -> None:
    found = told(["/data/A/x/1.mp4", "/data/A/y/2.mp4"], ["/mnt/A/x/1.mp4", "/mnt/A/y/2.mp4"])

    assert found.pairs == (("/data/A", "/mnt/A"),)


def test_a_pair_reaches_as_far_as_plexs_library_does() -> None:
    """Tomorrow's scene lies in another folder of the same library."""
    found = detect(
        ["/nas/data/A/1.mp4"], ["/vol/nas/data/A/1.mp4"], plex_folders=["/vol/nas", "/other"]
    )

    assert found.pairs == (("/nas", "/vol/nas"),)


@pytest.mark.parametrize("known", ["/data/in/B", "/data/in", "/data"])
def test_a_pair_does_not_reach_over_a_folder_that_plex_knows_by_the_same_name(known: str) -> None:
    """What lies there may well have the same path on both sides."""
    found = detect(["/data/in/A/1.mp4"], ["/mnt/in/A/1.mp4"], plex_folders=["/mnt", known])

    assert found.pairs == (("/data/in/A", "/mnt/in/A"),)


def test_a_pair_reaches_as_far_as_stashs_library_if_plexs_are_not_known() -> None:
    found = detect(["/data/A/1.mp4"], ["/mnt/A/1.mp4"], plex_folders=[], stash_folders=["/data"])

    assert found.pairs == (("/data", "/mnt"),)


def test_a_pair_does_not_reach_over_a_file_with_the_same_path_on_both_sides() -> None:
    found = detect(
        ["/data/A/1.mp4", "/data/B/2.mp4"],
        ["/mnt/A/1.mp4", "/data/B/2.mp4"],
        plex_folders=[],
        stash_folders=["/data"],
    )

    assert found.pairs == (("/data/A", "/mnt/A"),)


def test_a_pair_does_not_reach_over_files_that_a_shorter_one_finds() -> None:
    linked = ["G/sub/x.mp4", "G/sub/y.mp4"]
    found = detect(
        below("/data", [*FILMS, *linked, "G/other/z.mp4"]),
        [*below("/mnt", [*FILMS, "G/other/z.mp4"]), *below("/q", linked)],
        plex_folders=["/mnt", "/q"],
    )

    assert set(found.pairs) == {("/data", "/mnt"), ("/data/G/sub", "/q/G/sub")}


def test_a_pair_does_not_reach_into_the_plex_folder_of_another() -> None:
    """Two Stash folders for one Plex folder would fight."""
    found = detect(
        ["/s/A/1.mp4", "/s/B/2.mp4", "/data/C/3.mp4"],
        ["/mnt/A/1.mp4", "/mnt/B/2.mp4", "/mnt/C/3.mp4"],
        plex_folders=["/mnt"],
    )

    assert set(found.pairs) == {("/s", "/mnt"), ("/data/C", "/mnt/C")}


def test_a_pair_does_not_reach_over_files_that_may_stand_elsewhere() -> None:
    plex = [*below("/mnt/A", ["1.mp4", "2.mp4"]), "/mnt/B/3.mp4", "/old/B/3.mp4"]
    found = detect(
        ["/data/A/1.mp4", "/data/A/2.mp4", "/data/B/3.mp4"], plex, plex_folders=["/mnt", "/old"]
    )

    assert found.pairs == (("/data/A", "/mnt/A"),)
    assert set(found.alternatives) == {("/data/B", "/mnt/B"), ("/data/B", "/old/B")}


def test_a_longer_pair_takes_nothing_away_that_the_shorter_one_finds() -> None:
    """Two files of the folder are gone in one place, but their old copies are not."""
    stash = [*below("/data", FILMS), *below("/data/Z", ["a.mp4", "b.mp4", "c.mp4", "d.mp4"])]
    plex = [
        *below("/mnt", FILMS),
        *below("/mnt/Z", ["c.mp4", "d.mp4"]),
        *below("/old/Z", ["a.mp4", "b.mp4", "c.mp4", "d.mp4"]),
    ]
    found = told(stash, plex)

    assert found.pairs == (("/data", "/mnt"),)
    assert set(found.alternatives) == {("/data/Z", "/old/Z"), ("/data/Z", "/mnt/Z")}
    assert not found.is_unanimous


def test_as_many_files_against_a_pair_as_for_it_are_no_answer() -> None:
    found = told(["/data/1.mp4", "/data/2.mp4"], ["/x/1.mp4", "/y/2.mp4"])

    assert found.pairs == ()
    assert set(found.alternatives) == {("/data", "/x"), ("/data", "/y")}


def test_files_that_all_stand_elsewhere_are_no_open_question() -> None:
    names = [f"{number}.mp4" for number in range(6)]
    found = told(below("/data", names), [f"/x{name}/{name}" for name in names])

    assert found.pairs == ()
    assert found.alternatives == ()


def test_a_copy_of_a_few_files_is_no_rival_of_two_that_have_all() -> None:
    plex = [*below("/x", FILMS), *below("/y", FILMS), *below("/z", FILMS[:4])]

    assert set(told(below("/data", FILMS), plex).alternatives) == {("/data", "/x"), ("/data", "/y")}


def test_a_folder_in_doubt_unsettles_a_smaller_pair_above_it() -> None:
    """Its files do not stand where that pair says, whichever pair is right for it."""
    gone, kept = ["a.mp4", "b.mp4", "c.mp4"], ["d.mp4", "e.mp4", "f.mp4"]
    found = told(
        [*below("/data", ["1.mp4", "2.mp4"]), *below("/data/Z", [*gone, *kept])],
        [*below("/mnt", ["1.mp4", "2.mp4"]), *below("/mnt/Z", kept), *below("/old/Z", gone + kept)],
    )

    assert found.pairs == ()


def test_without_its_pair_a_folder_with_the_same_paths_needs_no_exception() -> None:
    found = told(
        [*below("/data", ["1.mp4", "2.mp4", "3.mp4", "4.mp4"]), "/data/Z/same.mp4"],
        ["/x/1.mp4", "/x/2.mp4", "/y/3.mp4", "/y/4.mp4", "/data/Z/same.mp4"],
    )

    assert found.pairs == ()
    assert set(found.alternatives) == {("/data", "/x"), ("/data", "/y")}


def test_a_copy_in_stash_leaves_open_which_one_plex_shows() -> None:
    found = told([*below("/a", FILMS), *below("/b", FILMS)], below("/x", FILMS))

    assert found.pairs == ()
    assert set(found.alternatives) == {("/a", "/x"), ("/b", "/x")}


# Folders to add in Plex


def test_a_folder_to_add_is_named_as_plex_would_name_it() -> None:
    stash = [*below("D:\\Videos\\a", FILMS[:20]), *below("D:\\Videos\\b", FILMS[20:])]
    found = detect(
        [path.replace("/", "\\") for path in stash],
        below("/mnt/v/a", FILMS[:20]),
        plex_folders=["/mnt/v/a"],
        stash_folders=["D:\\Videos"],
    )

    assert found.missing_folders == ("/mnt/v/b",)


def test_a_folder_to_add_is_a_library_folder_of_stash_with_all_that_comes_into_it() -> None:
    found = detect(
        [*below("/data/a", FILMS), "/data/b/x/1.mp4"],
        below("/mnt/a", FILMS),
        plex_folders=["/mnt/a"],
        stash_folders=["/data/a", "/data/b"],
    )

    assert found.missing_folders == ("/mnt/b",)


def test_a_folder_to_add_may_lie_around_one_that_a_library_holds() -> None:
    found = detect(
        [*below("/data/a", FILMS), "/data/1.mp4"],
        below("/mnt/v/a", FILMS),
        plex_folders=["/mnt/v/a"],
        stash_folders=["/data"],
    )

    assert found.missing_folders == ("/mnt/v",)


def test_a_folder_to_add_is_named_by_the_pair_that_holds_it() -> None:
    linked = ["deep/x.mp4", "deep/y.mp4"]
    found = detect(
        [*below("/data", [*FILMS, "G/sub/lost/1.mp4"]), *below("/data/G/sub", linked)],
        [*below("/mnt", FILMS), *below("/q", linked)],
        plex_folders=["/mnt/A", "/mnt/B", "/mnt/C", "/mnt/D", "/q/deep"],
        stash_folders=["/data"],
    )

    assert found.missing_folders == ("/mnt/G",)


def test_a_folder_to_add_is_the_common_one_where_stashs_libraries_are_not_known() -> None:
    found = detect(below("/nas/media/films", FILMS), [], plex_folders=["/mnt/tv"])

    assert found.missing_folders == ("/nas/media/films",)


def test_a_folder_that_plex_knows_by_its_files_is_not_to_be_added() -> None:
    """It is there, and only its pair is in doubt."""
    plex = [*below("/x", FILMS), *below("/y", FILMS)]
    found = detect(below("/data", FILMS), plex, plex_folders=["/x", "/y"])

    assert found.missing_folders == ()


def test_files_that_plex_has_not_scanned_yet_miss_no_folder() -> None:
    found = detect(below("/data", FILMS), [], plex_folders=["/data"], stash_folders=["/data"])

    assert found.missing_folders == ()


def test_a_folder_that_plex_holds_under_its_own_name_is_not_to_be_added_under_another() -> None:
    found = detect(
        [*below("/films", FILMS), "/clips/new.mp4"],
        below("/mnt/films", FILMS),
        plex_folders=["/mnt/films", "/clips"],
        stash_folders=["/films", "/clips"],
    )

    assert found.missing_folders == ()


# Words for a person


def text(found: Detection) -> str:
    return " ".join(found.sentences())


def test_coverage_is_rounded_down_so_that_only_all_are_all() -> None:
    assert "98.7 % of 400 files" in text(replace(SURE, matched=395))
    assert "99.9 % of 10000 files" in text(replace(SURE, named=10_000, matched=9_999))
    assert "100 % of 400 files" in text(SURE)


@pytest.mark.parametrize(
    ("scenes", "agreeing", "is_enough"),
    [(4, 2, True), (4, 1, False), (3, 2, True), (3, 1, False), (1, 1, True), (900, 20, True)],
)
def test_of_a_few_scenes_half_have_to_agree(scenes: int, agreeing: int, is_enough: bool) -> None:
    found = replace(SURE, named=agreeing, matched=agreeing, agreeing=agreeing)
    assert found.may_be_used(scenes) is is_enough
    assert not replace(found, agreeing=agreeing - 1).may_be_used(900)


def test_a_proposal_names_its_pairs() -> None:
    assert SURE.sentences() == ("/data => /mnt finds 100 % of 400 files that Plex knows by name.",)
    two = replace(SURE, pairs=(("/a", "/x"), ("/b", "/y")))
    assert text(two).startswith("/a => /x; /b => /y find 100 %")


def test_equal_paths_need_no_mapping_and_are_told_so() -> None:
    assert "no mapping is needed" in text(replace(SURE, pairs=()))
    assert "No mapping is proposed" in text(replace(SURE, pairs=(), matched=20))


def test_what_speaks_against_a_proposal_is_told_with_a_remedy() -> None:
    doubtful = replace(
        SURE,
        pairs=(),
        matched=0,
        contradicting=1,
        unmatched_examples=("/data/A/x.mp4",),
        alternatives=(("/data", "/x"), ("/data", "/y")),
        missing_folders=("/mnt/b",),
    )
    words = text(doubtful)

    assert "/data => /x; /data => /y" in words
    assert "Path mappings" in words
    assert "1 file whose name occurs only once stands elsewhere" in words
    assert "for example: /data/A/x.mp4" in words
    assert "No chosen Plex library holds /mnt/b: add that folder" in words


def test_all_that_is_told_reads_as_sentences() -> None:
    doubtful = replace(
        SURE,
        pairs=(),
        named=1000,
        matched=123,
        contradicting=2,
        unmatched_examples=("/data/x.mp4", "/data/y.mp4"),
        missing_folders=("/mnt/b",),
    )

    assert text(doubtful) == (
        "No mapping is proposed, and the paths of Stash find 12.3 % of 1000 files that Plex knows "
        "by name. 2 files whose name occurs only once stand elsewhere in Plex: write a pair for "
        "the folder, if it is the same file. No chosen Plex library holds /mnt/b: add that folder "
        "to one, or choose the library that has it, if its scenes are to be shown in Plex. Not "
        "found by path, for example: /data/x.mp4, /data/y.mp4."
    )
    assert replace(doubtful, sampled=1, named=0).sentences()[0] == (
        "Plex has no file with the name of any of 1 file of Stash, so nothing can be told about "
        "the folders: let Plex scan them, or choose other libraries."
    )


def test_paths_that_find_nineteen_of_twenty_files_are_the_same_paths() -> None:
    assert "no mapping is needed" in text(replace(SURE, pairs=(), named=100, matched=95))
    assert "No mapping is proposed" in text(replace(SURE, pairs=(), named=1000, matched=949))


def test_an_empty_side_is_told_as_what_it_is() -> None:
    assert told([], ["/mnt/a.mp4"]).sentences() == (
        "Stash has no files yet, so nothing can be told about its folders.",
    )
    assert "any of 40 files of Stash" in text(told(below("/data", FILMS), []))


# Properties


@dataclass
class World:
    """Two servers whose files are known: what detection does not know."""

    roots: list[tuple[str, str]]
    truth: dict[str, str] = field(default_factory=dict)  # sampled Stash file -> its Plex path
    stash_only: list[str] = field(default_factory=list)
    plex: list[str] = field(default_factory=list)

    def owner(self, path: str, side: int) -> tuple[str, str] | None:
        """The root with the longest folder on one side."""
        holding = [one for one in self.roots if exchange_prefix(path, one[side], "/") is not None]
        return max(holding, key=lambda one: len(one[side]), default=None)

    def detection(self, *, with_folders: bool) -> Detection:
        stash, plex = zip(*self.roots, strict=True)
        return detect(
            [*self.truth, *self.stash_only],
            self.plex,
            plex_folders=[*plex, "/noise", "/stray"] if with_folders else [],
            stash_folders=stash if with_folders else [],
        )


STASH_ROOTS = ["/s1", "/s2", "/data", "/data/in", "D:\\vid"]
PLEX_ROOTS = ["/p1", "/p2/media", "/p1/deep", "E:\\win", "\\\\nas\\share"]


@st.composite
def roots(draw: st.DrawFn) -> list[tuple[str, str]]:
    number = draw(st.integers(1, 3))
    stash = draw(st.permutations(STASH_ROOTS))[:number]
    plex = draw(st.permutations(PLEX_ROOTS))[:number]
    equal = draw(st.lists(st.booleans(), min_size=number, max_size=number))
    return [(a, a if same else b) for a, b, same in zip(stash, plex, equal, strict=True)]


FOLDERS = st.lists(st.sampled_from("abc"), max_size=2)


def joined(root: str, parts: list[str]) -> str:
    moved = exchange_prefix("/".join(["/", *parts]).replace("//", "/"), "/", root)
    assert moved is not None
    return moved


def rooms(draw: st.DrawFn, world: World, least: int) -> Iterator[tuple[tuple[str, str], list[str]]]:
    """The folders and numbers of the files of each root that lie in no other root."""
    for root in world.roots:
        size = st.integers(least, 9)
        for _ in range(draw(size)):
            folders = draw(FOLDERS)
            probe = [joined(side, [*folders, "probe"]) for side in root]
            if all(world.owner(path, side) == root for side, path in enumerate(probe)):
                yield root, folders


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Shared files with own or repeated names, files of one side only, copies and namesakes."""
    world = World(draw(roots()))
    repeats = draw(st.booleans())
    kinds = st.sampled_from(["shared"] * 6 + ["copied", "unsampled", "stash", "plex", "stray"])
    for number, (root, folders) in enumerate(rooms(draw, world, 0)):
        kind = draw(kinds)
        has_own_name = kind in {"stash", "plex", "stray"} or not repeats
        name = f"own {number}.mp4" if has_own_name else f"{draw(st.integers(1, 4))}.mp4"
        stash, plex = (joined(side, [*folders, name]) for side in root)
        if kind in {"shared", "copied"}:
            world.truth[stash] = plex
        if kind in {"stash", "stray"}:
            world.stash_only.append(stash)
        if kind in {"shared", "copied", "unsampled", "plex"}:
            world.plex.append(plex)
        if kind == "copied":
            tail = [*folders, name] if draw(st.booleans()) else [name]
            world.plex.append("/".join(["/noise", *tail]))
        if kind == "stray":
            world.plex.append(f"/stray/{number}/{name}")
    return world


@examples(400)
@given(worlds(), st.booleans())
def test_no_pair_makes_a_true_match_false(world: World, with_folders: bool) -> None:
    """A wrong path may lead nowhere, and never to another file."""
    mapping = world.detection(with_folders=with_folders).mapping
    in_plex = {comparable(path) for path in world.plex}

    for stash, plex in world.truth.items():
        there = mapping.to_plex(stash)
        if same_file(stash, plex) or comparable(there) in in_plex:
            assert same_file(there, plex)


@st.composite
def plain_worlds(draw: st.DrawFn) -> World:
    """Every file has a name of its own and is in Plex; every root has two files or more."""
    world = World(draw(roots()))
    for number, (root, folders) in enumerate(rooms(draw, world, 2)):
        stash, plex = (joined(side, [*folders, f"{number}.mp4"]) for side in root)
        world.truth[stash] = plex
        world.plex.append(plex)
    return world


@examples(200)
@given(plain_worlds(), st.booleans())
def test_roots_with_files_of_their_own_are_all_found(world: World, with_folders: bool) -> None:
    """Saying nothing would never be false either."""
    found = world.detection(with_folders=with_folders)

    for stash, plex in world.truth.items():
        assert same_file(found.mapping.to_plex(stash), plex)
    assert found.matched == found.agreeing == len(world.truth)
    assert found.may_be_used(len(world.truth))


@examples(100)
@given(worlds())
def test_the_order_of_the_files_changes_no_count(world: World) -> None:
    first = world.detection(with_folders=True)
    world.plex.reverse()
    world.truth = dict(reversed(world.truth.items()))
    again = world.detection(with_folders=True)

    assert (first.named, first.matched) == (again.named, again.matched)
    assert (first.agreeing, first.contradicting) == (again.agreeing, again.contradicting)


PATHS = st.lists(
    st.text("aA/\\.:C \u00e9e\u0301\u03c2\u03a3\0", max_size=12) | st.text(max_size=6), max_size=8
)


@given(PATHS, PATHS, PATHS, PATHS)
def test_any_text_is_only_text(
    stash: list[str], plex: list[str], stash_folders: list[str], plex_folders: list[str]
) -> None:
    found = detect(stash, plex, plex_folders=plex_folders, stash_folders=stash_folders)

    assert found.matched <= found.named <= found.sampled <= len(stash)
    assert found.agreeing + found.contradicting <= found.named
    assert isinstance(found.mapping, PathMapping)
    assert found.sentences()
