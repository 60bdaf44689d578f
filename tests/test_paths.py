from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.paths import (
    PathMapping,
    check_mapping,
    comparable,
    is_within,
    parse_mappings,
    same_file,
)
from plex.paths import exchange_prefix, file_name, is_windows, same_name

SEGMENT = st.text(
    st.characters(blacklist_characters="/\\\0", blacklist_categories=()), min_size=1, max_size=8
).filter(lambda text: text not in {".", ".."})
SEGMENTS = st.lists(SEGMENT, min_size=1, max_size=4)


def test_a_path_below_no_pair_is_the_same_on_both_sides() -> None:
    mapping = PathMapping([("/stash", "/plex")])

    assert mapping.to_plex("/other/a.mp4") == "/other/a.mp4"
    assert mapping.to_stash("/other/a.mp4") == "/other/a.mp4"
    assert PathMapping(()).to_plex("/stash//a.mp4") == "/stash//a.mp4"


def test_the_longest_folder_wins_whatever_the_order() -> None:
    pairs = [("/data", "/plex"), ("/data/films", "/films")]

    for mapping in (PathMapping(pairs), PathMapping(pairs[::-1])):
        assert mapping.to_plex("/data/films/a.mp4") == "/films/a.mp4"
        assert mapping.to_plex("/data/a.mp4") == "/plex/a.mp4"
        assert mapping.to_stash("/films/a.mp4") == "/data/films/a.mp4"


def test_a_prefix_ends_at_the_border_of_a_folder() -> None:
    mapping = PathMapping([("/data", "/plex")])

    assert mapping.to_plex("/database/a.mp4") == "/database/a.mp4"
    assert mapping.to_stash("/plexiglass/a.mp4") == "/plexiglass/a.mp4"


@pytest.mark.parametrize("stash", ["/data", "/data/", "/./data//"])
@pytest.mark.parametrize("plex", ["/plex", "/plex/"])
def test_slashes_at_the_end_of_a_pair_change_nothing(stash: str, plex: str) -> None:
    assert PathMapping([(stash, plex)]).to_plex("/data/a/b.mp4") == "/plex/a/b.mp4"


def test_the_slashes_follow_the_side_that_is_written() -> None:
    mapping = PathMapping([("/data", "D:\\Videos"), ("/nas", "\\\\nas\\media"), ("/z", "Z:/z")])

    assert mapping.to_plex("/data/a/b.mp4") == "D:\\Videos\\a\\b.mp4"
    assert mapping.to_plex("/nas/a/b.mp4") == "\\\\nas\\media\\a\\b.mp4"
    assert mapping.to_plex("/z/a/b.mp4") == "Z:/z/a/b.mp4"
    assert mapping.to_stash("D:\\Videos\\a\\b.mp4") == "/data/a/b.mp4"


def test_a_windows_folder_fits_in_any_case_and_slash() -> None:
    mapping = PathMapping([("d:/videos", "/plex")])

    assert mapping.to_plex("D:\\Videos\\A\\b.mp4") == "/plex/A/b.mp4"


def test_a_posix_folder_keeps_its_case_and_its_backslashes() -> None:
    mapping = PathMapping([("/Data", "/plex")])

    assert mapping.to_plex("/data/a.mp4") == "/data/a.mp4"
    assert mapping.to_plex("/Data/AC\\DC.mp4") == "/plex/AC\\DC.mp4"


def test_roots_can_be_mapped() -> None:
    assert PathMapping([("/", "Z:\\")]).to_plex("/a/b.mp4") == "Z:\\a\\b.mp4"
    assert PathMapping([("/", "Z:\\")]).to_stash("Z:\\a\\b.mp4") == "/a/b.mp4"
    assert PathMapping([("/data", "/")]).to_plex("/data/a.mp4") == "/a.mp4"
    assert PathMapping([("/data", "/")]).to_plex("/data") == "/"
    assert PathMapping([("/data", "Z:")]).to_plex("/data") == "Z:\\"


def test_an_accent_in_a_folder_fits_in_either_of_its_spellings() -> None:
    mapping = PathMapping([("/caf\u00e9", "/plex")])

    assert mapping.to_plex("/cafe\u0301/a.mp4") == "/plex/a.mp4"


@given(SEGMENTS, SEGMENTS, SEGMENTS)
def test_there_and_back_is_the_same_path_below_a_prefix(
    stash: list[str], plex: list[str], rest: list[str]
) -> None:
    mapping = PathMapping([("/" + "/".join(stash), "/" + "/".join(plex))])
    path = "/" + "/".join([*stash, *rest])

    assert mapping.to_stash(mapping.to_plex(path)) == path


@given(SEGMENTS, SEGMENTS, SEGMENTS)
def test_there_and_back_is_the_same_path_between_posix_and_windows(
    stash: list[str], plex: list[str], rest: list[str]
) -> None:
    mapping = PathMapping([("/" + "/".join(stash), "C:\\" + "\\".join(plex))])
    path = "/" + "/".join([*stash, *rest])

    there = mapping.to_plex(path)

    assert there == "C:\\" + "\\".join([*plex, *rest])
    assert mapping.to_stash(there) == path


@given(st.text(), SEGMENTS, SEGMENTS)
def test_a_path_outside_every_prefix_is_unchanged(
    path: str, stash: list[str], plex: list[str]
) -> None:
    folder = "/" + "/".join(["not below", *stash])
    mapping = PathMapping([(folder, "/" + "/".join(plex))])

    assert mapping.to_plex(path) == path


STYLES = st.sampled_from(["/", "C:\\", "d:/", "\\\\nas\\share\\"])
PLAIN = SEGMENT.filter(lambda text: "\\" not in text and ":" not in text)


@st.composite
def apart(draw: st.DrawFn, number: int) -> list[str]:
    """Folders of which none is in another: each has a first part of its own."""
    folders = []
    for index in range(number):
        style = draw(STYLES)
        slash = "\\" if "\\" in style else "/"
        folders.append(style + slash.join([f"{index}", *draw(st.lists(PLAIN, max_size=2))]))
    return folders


@given(st.data(), st.integers(1, 4), st.lists(PLAIN, min_size=1, max_size=3))
def test_there_and_back_is_the_same_path_with_pairs_that_do_not_overlap(
    data: st.DataObject, number: int, rest: list[str]
) -> None:
    stash, plex = data.draw(apart(number)), data.draw(apart(number))
    mapping = PathMapping(tuple(zip(stash, plex, strict=True)))

    for here, there in mapping.pairs:
        in_stash = PathMapping([("/", here)]).to_plex("/" + "/".join(rest))
        in_plex = PathMapping([("/", there)]).to_plex("/" + "/".join(rest))
        assert same_file(mapping.to_plex(in_stash), in_plex)
        assert same_file(mapping.to_stash(mapping.to_plex(in_stash)), in_stash)
        assert same_file(mapping.to_plex(mapping.to_stash(in_plex)), in_plex)


def test_pairs_are_read_from_lines_and_semicolons() -> None:
    mapping, complaints = parse_mappings(" /a => /x ;/b=>/y\r\n\n;; C:\\v => /z ")

    assert mapping == PathMapping([("/a", "/x"), ("/b", "/y"), ("C:\\v", "/z")])
    assert complaints == ()


def test_no_text_is_no_mapping_and_no_complaint() -> None:
    assert parse_mappings("") == (PathMapping(()), ())
    assert parse_mappings(" ;\n ") == (PathMapping(()), ())


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        ("/b /y", "one =>"),
        ("/b => /y => /z", "one =>"),
        ("=> /y", "no folder"),
        ("/b =>", "no folder"),
        ("=>", "no folder"),
        ("/a/ => /y", "earlier pair already says where /a/ is"),
    ],
)
def test_a_bad_pair_is_named_and_the_good_ones_stay(bad: str, word: str) -> None:
    mapping, [complaint] = parse_mappings(f"/a => /x; {bad}; /c => /z")

    assert mapping == PathMapping([("/a", "/x"), ("/c", "/z")])
    assert repr(bad) in complaint
    assert word in complaint


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("/a//b/./c.mp4", "/a/b/c.mp4"),
        ("/a/b/", "/a/b"),
        ("///a", "/a"),
        ("/caf\u00e9.mp4", "/cafe\u0301.mp4"),
        ("C:\\V\\a.mp4", "c:/v/A.MP4"),
        ("\\\\NAS\\v\\a.mp4", "//nas/v\\A.mp4"),
        ("C:\\\u039f\u0394\u039f\u03a3.mp4", "c:\\\u03bf\u03b4\u03bf\u03c2.mp4"),
    ],
)
def test_these_are_the_same_file(a: str, b: str) -> None:
    assert same_file(a, b)
    assert same_file(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("/a/b.mp4", "/a/B.mp4"),
        ("/StudioA/scene.mp4", "/StudioB/scene.mp4"),
        ("/a/b.mp4", "/a/b.mp4/c"),
        ("/a\\b.mp4", "/a/b.mp4"),
        ("C:\\a.mp4", "D:\\a.mp4"),
        ("C:\\stra\u00dfe.mp4", "C:\\strasse.mp4"),
        ("\\\\nas\\a.mp4", "/nas/a.mp4"),
        ("a.mp4", "/a.mp4"),
    ],
)
def test_these_are_different_files(a: str, b: str) -> None:
    assert not same_file(a, b)
    assert not same_file(b, a)


@given(st.lists(st.sampled_from(["/", "//", ".", "..", "a", "B c", ".x", "\\", "C:", "e\u0301"])))
def test_a_plain_path_compares_as_any_other_spelling_of_it(parts: list[str]) -> None:
    path = "/" + "".join(parts)
    if is_windows(path):
        return
    assert comparable(path) == comparable(f"/.{path}")


@given(st.text())
def test_the_comparable_form_compares_as_itself(path: str) -> None:
    assert comparable(comparable(path)) == comparable(path)


def test_a_lone_surrogate_in_a_path_is_no_trouble() -> None:
    """Stash passes on file names that are not UTF-8."""
    assert PathMapping([("/a", "/x")]).to_plex("/a/\udcff.mp4") == "/x/\udcff.mp4"
    assert same_file("C:\\\udcff.mp4", "c:/\udcff.MP4")


def test_an_empty_folder_is_no_prefix() -> None:
    assert exchange_prefix("/a/b.mp4", "", "/x") is None
    assert exchange_prefix("/a/b.mp4", "/a", "") is None


def test_a_file_name_is_read_by_the_style_of_its_path() -> None:
    assert file_name("C:\\v\\a.mp4") == "a.mp4"
    assert file_name("/v/AC\\DC.mp4") == "AC\\DC.mp4"
    assert file_name("/") == ""
    assert same_name("/x/A.mp4", "C:\\v\\a.mp4")
    assert not same_name("/x/A.mp4", "/v/a.mp4")


@pytest.mark.parametrize(
    ("path", "folder", "inside"),
    [
        ("/data/a", "/data", True),
        ("/data", "/data/", True),
        ("/data", "/data/a", False),
        ("/database", "/data", False),
        ("C:\\V\\a", "c:/v", True),
        ("/anything", "/", True),
    ],
)
def test_what_is_within_a_folder_begins_with_all_of_it(
    path: str, folder: str, inside: bool
) -> None:
    assert is_within(path, folder) is inside


def complaints(*pairs: tuple[str, str], stash: str = "/data", plex: str = "/mnt") -> str:
    """What is said of the pairs where each side has the named folders."""
    return " ".join(
        check_mapping(PathMapping(pairs), stash_folders=stash.split(), plex_folders=plex.split())
    )


@pytest.mark.parametrize(
    "pair",
    [("/data", "/mnt"), ("/data/a", "/mnt/x/y"), ("/", "/"), ("/data/", "/mnt/"), ("/data", "/")],
)
def test_a_pair_inside_or_around_the_library_folders_is_fine(pair: tuple[str, str]) -> None:
    assert complaints(pair) == ""


def test_a_pair_for_no_folder_of_stash_is_named_with_those_there_are() -> None:
    said = complaints(("/date", "/mnt"), stash="/data /films")

    assert said.startswith('"/date => /mnt" maps nothing: Stash has no library folder at /date')
    assert "/data, /films" in said


def test_a_pair_to_no_folder_of_plex_is_named_with_those_there_are() -> None:
    said = complaints(("/data", "/mmt"), plex="/mnt /films")

    assert said.startswith('"/data => /mmt" maps nothing: no chosen Plex library holds /mmt')
    assert "/mnt, /films" in said


def test_a_pair_may_be_wrong_on_both_sides() -> None:
    assert complaints(("/date", "/mmt")).count("maps nothing") == 2


def test_a_pair_the_wrong_way_round_is_turned() -> None:
    said = complaints(("/mnt/a", "/data/a"))

    assert said == (
        '"/mnt/a => /data/a" is the wrong way round: '
        "the folder of Stash comes first, as in /data/a => /mnt/a"
    )


def test_a_pair_is_turned_as_soon_as_one_side_does_not_know_its_folder() -> None:
    said = complaints(("/mnt", "/data"), stash="/data", plex="/data /mnt")
    assert '"/mnt => /data" is the wrong way round' in said


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        (("/data", "/data/x"), "no chosen Plex library holds /data/x"),
        (("/mnt/x", "/mnt"), "Stash has no library folder at /mnt/x"),
    ],
)
def test_a_pair_that_would_not_fit_turned_either_is_not_turned(
    pair: tuple[str, str], words: str
) -> None:
    assert words in complaints(pair)
    assert "wrong way" not in complaints(pair)


def test_a_pair_that_fits_both_ways_is_the_right_way_round() -> None:
    assert complaints(("/a", "/b"), stash="/a /b", plex="/a /b") == ""


def test_two_stash_folders_for_one_plex_folder_fight() -> None:
    said = complaints(("/data/a", "/mnt"), ("/data/b", "/mnt/"))

    assert said.startswith('"/data/b => /mnt/" fights with "/data/a => /mnt"')
    assert "keep the pair" in said


def test_pairs_of_folders_in_each_other_do_not_fight() -> None:
    assert complaints(("/data", "/mnt"), ("/data/a", "/mnt/b")) == ""


def test_a_windows_folder_is_known_in_any_case() -> None:
    said = complaints(("/data/a", "D:\\V"), ("/data/b", "d:/v"), plex="D:\\v")

    assert "maps nothing" not in said
    assert "fights" in said


def test_of_a_side_whose_folders_are_not_known_nothing_is_claimed() -> None:
    assert complaints(("/date", "/mnt"), stash="") == ""
    assert complaints(("/data", "/mmt"), plex="") == ""
    assert complaints(("/mnt", "/data"), stash="") != ""
    assert complaints(("/mnt", "/data"), stash="", plex="") == ""
