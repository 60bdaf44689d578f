"""Which scenes are shown in Plex at all, and what is said of the others."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.desired import tag_key
from mirror.filters import Filters, reason_to_skip
from mirror.path_glob import parse_glob
from stash.scene import Named, Scene, Studio
from worker.settings import SETTINGS

SCENE = Scene(
    id=1,
    organized=True,
    files=("/data/films/a.mp4", "/data/more/a.mp4"),
    tags=(Named(id=1, name="Caf\u00e9"), Named(id=2, name="Jazz")),
    studio=Studio(id=1, name="Studio", parent=Named(id=2, name="Network")),
)


def keys(*names: str) -> frozenset[str]:
    return frozenset(map(tag_key, names))


def paths(*globs: str) -> Filters:
    return Filters(
        paths=tuple(parse_glob(one) for one in globs if one[0] != "!"),
        not_paths=tuple(parse_glob(one[1:]) for one in globs if one[0] == "!"),
    )


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(organized=True),
        Filters(tags=keys("jazz")),
        Filters(tags=keys("CAFE\u0301", "other")),
        Filters(not_tags=keys("other")),
        Filters(studios=keys("studio")),
        Filters(studios=keys("other", "NETWORK")),
        paths("/data/films/*"),
        paths("/data/none", "/data/films"),
        paths("!/data/more/**"),  # the other file counts
        paths("/data/**", "!/data/more"),
        Filters(organized=True, tags=keys("jazz"), studios=keys("studio")),
    ],
)
def test_a_scene_that_fits_is_wanted(filters: Filters) -> None:
    assert reason_to_skip(SCENE, filters) == ""


@pytest.mark.parametrize(
    ("scene", "filters", "words"),
    [
        (replace(SCENE, organized=False), Filters(organized=True), "not organized"),
        (SCENE, Filters(tags=keys("other")), "none of the tags"),
        (replace(SCENE, tags=()), Filters(tags=keys("jazz")), "none of the tags"),
        (SCENE, Filters(not_tags=keys("JAZZ")), "the tag 'Jazz'"),
        (SCENE, Filters(studios=keys("other")), "studio"),
        (replace(SCENE, studio=None), Filters(studios=keys("studio")), "studio"),
        (SCENE, paths("/data/none"), "no file of it"),
        (replace(SCENE, files=()), paths("/data"), "no file of it"),
        (SCENE, paths("!/data/**"), "leaves out /data/films/a.mp4"),
        (SCENE, paths("/data/films/**", "!**/a.mp4"), "leaves out /data/films/a.mp4"),
        (SCENE, Filters(tags=keys("jazz"), not_tags=keys("caf\u00e9")), "Caf\u00e9"),
    ],
)
def test_a_scene_that_does_not_fit_gets_a_reason(
    scene: Scene, filters: Filters, words: str
) -> None:
    reason = reason_to_skip(scene, filters)

    assert words in reason
    [setting] = re.findall(r"the setting '([^']+)'", reason)
    assert setting in {one.name for one in SETTINGS}, "a person must find it on Stash's page"


def test_a_tag_above_another_does_not_count_for_the_filters() -> None:
    """It is read only if tags' parents are shown, and a filter must not hang on that."""
    scene = replace(SCENE, tags=(Named(id=1, name="Bebop", parents=(Named(id=2, name="Jazz"),)),))

    assert reason_to_skip(scene, Filters(tags=keys("jazz")))
    assert not reason_to_skip(scene, Filters(not_tags=keys("jazz")))


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("/data/*.mp4", "/data/a.mp4"),
        ("/data/**", "/data/a.mp4"),
        ("/data/**", "/data/x/y/a.mp4"),
        ("/data/**/a.mp4", "/data/a.mp4"),
        ("/data/**/a.mp4", "/data/x/y/a.mp4"),
        ("/data/*/a.mp4", "/data/x/a.mp4"),
        ("/data/a?.mp4", "/data/ab.mp4"),
        ("/data", "/data/x/a.mp4"),
        ("/data/X", "/data/X/a.mp4"),
        ("D:\\films\\*\\", r"D:\films\x\y\a.mp4"),
        ("/data/", "/data/x/a.mp4"),
        ("/data/a.mp4", "/data/a.mp4"),
        ("/data/*/", "/data/x/y/a.mp4"),
        ("/", "/data/a.mp4"),
        ("/data//./x", "/data/x/a.mp4"),
        ("*.mp4", "/data/x/a.mp4"),
        ("trailers", "/data/x/trailers/a.mp4"),
        ("**/trailers/**", "/data/trailers/a.mp4"),
        ("**", r"D:\x\a.mp4"),
        ("/data/[2024] {x}/*", "/data/[2024] {x}/a.mp4"),
        ("/data/caf\u00e9/*", "/data/cafe\u0301/a.mp4"),
        ("/data/a\nb*", "/data/a\nbc.mp4"),
        ("/data/**", "/data/a\nb/c.mp4"),
        (r"D:\films\*", r"D:\films\a.mp4"),
        ("D:/films/*", r"D:\films\a.mp4"),
        (r"d:\FILMS\**", r"D:\Films\x\A.mp4"),
        ("D:/", r"D:\films\a.mp4"),
        (r"\\nas\share", "//NAS/share/a.mp4"),
        (r"films\*", r"D:\Films\a.mp4"),
        (r"\data\*", "/data/a.mp4"),
    ],
)
def test_a_glob_matches(glob: str, path: str) -> None:
    assert parse_glob(glob).matches(path)


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("/data/*", "/data/x/a.mp4"),
        ("/data/*/a.mp4", "/data/a.mp4"),
        ("/data/?", "/data/ab"),
        ("/data?a.mp4", "/data/a.mp4"),
        ("/data", "/database/a.mp4"),
        ("/data/X", "/data/Y/a.mp4"),
        ("/data", "/x/data/a.mp4"),
        ("/data", "//data/a.mp4"),  # another computer's
        ("data/*", "/mydata/a.mp4"),
        ("/data/**/a.mp4", "/data/xa.mp4"),
        ("/data/a.mp4", "/data/aXmp4"),
        ("/data/[ab].mp4", "/data/a.mp4"),
        ("/DATA/*", "/data/a.mp4"),
        ("D:/films/*", r"D:\films\x\a.mp4"),
        ("D:/films", r"E:\films\a.mp4"),
    ],
)
def test_a_glob_does_not_match(glob: str, path: str) -> None:
    assert not parse_glob(glob).matches(path)


def test_a_glob_without_a_path_is_refused() -> None:
    with pytest.raises(ValueError, match="missing"):
        parse_glob("  ")


names = st.text(
    st.characters(exclude_characters="/\\*?;:\0", exclude_categories=["Cs"]), min_size=1
)
folders = st.lists(names.filter(lambda name: name.strip().strip(".") == name), max_size=4)


@given(folders.filter(bool), st.integers(0, 4))
def test_every_file_is_below_its_folders_and_one_star_is_one_name(
    parts: list[str], depth: int
) -> None:
    path = "/" + "/".join(parts)
    above = "/" + "/".join(parts[:depth])
    inside = above.rstrip("/") + "/**"

    assert parse_glob(path).matches(path)
    assert parse_glob(above).matches(path)
    assert parse_glob(inside).matches(path) is (depth < len(parts))
    assert parse_glob("/*" * depth).matches(path) is (depth == len(parts)) if depth else True
    assert parse_glob(parts[-1]).matches(path)
