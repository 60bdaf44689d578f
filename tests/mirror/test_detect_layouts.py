"""Layouts of two servers as people have them, and what detection makes of each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import pytest

from mirror.detection.detect import Detection, detect
from mirror.paths import check_mapping, same_file


def below(folder: str, tails: list[str]) -> list[str]:
    """The files of a folder, with its slashes."""
    slash = "\\" if "\\" in folder else "/"
    return [folder.rstrip(slash) + slash + tail.replace("/", slash) for tail in tails]


def films(first: int = 0, count: int = 24, folders: str = "ABCD") -> list[str]:
    """Files with names of their own, spread over a few folders."""
    return [
        f"{folders[number % len(folders)]}/film {number}.mp4"
        for number in range(first, first + count)
    ]


def repeats(folders: str = "ABCDEFGH", each: int = 5) -> list[str]:
    """Files whose names are the same in every folder."""
    return [f"{folder}/{number:02}.mp4" for folder in folders for number in range(1, each + 1)]


@dataclass(frozen=True, kw_only=True)
class Layout:
    name: str
    stash: list[str]
    plex: list[str]
    plex_folders: list[str]
    stash_folders: list[str]
    pairs: list[tuple[str, str]]
    matched: int | None = None  # all of the sample
    used: bool = True
    missing: tuple[str, ...] = ()
    alternatives: tuple[tuple[str, str], ...] = ()

    def detection(self) -> Detection:
        return detect(
            self.stash,
            self.plex,
            plex_folders=self.plex_folders,
            stash_folders=self.stash_folders,
        )


LAYOUTS = [
    Layout(
        name="same paths",
        stash=below("/data", films()),
        plex=below("/data", films()),
        stash_folders=["/data"],
        plex_folders=["/data"],
        pairs=[],
    ),
    Layout(
        name="same paths, and every name repeats",
        stash=below("/data", repeats()),
        plex=below("/data", repeats()),
        stash_folders=["/data"],
        plex_folders=["/data"],
        pairs=[],
        used=False,
    ),
    Layout(
        name="Docker to NAS",
        stash=below("/data", films()),
        plex=below("/volume1/media", films()),
        stash_folders=["/data"],
        plex_folders=["/volume1/media"],
        pairs=[("/data", "/volume1/media")],
    ),
    Layout(
        name="two roots",
        stash=[*below("/clips", films(0)), *below("/films", films(100))],
        plex=[*below("/mnt/c", films(0)), *below("/mnt/f", films(100))],
        stash_folders=["/clips", "/films"],
        plex_folders=["/mnt/c", "/mnt/f"],
        pairs=[("/clips", "/mnt/c"), ("/films", "/mnt/f")],
    ),
    Layout(
        name="two roots below one folder",
        stash=[*below("/data/clips", films(0)), *below("/data/films", films(100))],
        plex=[*below("/c", films(0)), *below("/mnt/films", films(100))],
        stash_folders=["/data"],
        plex_folders=["/c", "/mnt/films"],
        pairs=[("/data/clips", "/c"), ("/data/films", "/mnt/films")],
    ),
    Layout(
        name="nested roots",
        stash=[*below("/data", films(0, 48)), *below("/data/extra", films(100))],
        plex=[*below("/mnt/media", films(0, 48)), *below("/mnt/other", films(100))],
        stash_folders=["/data"],
        plex_folders=["/mnt/media", "/mnt/other"],
        pairs=[("/data", "/mnt/media"), ("/data/extra", "/mnt/other")],
    ),
    Layout(
        name="a nested root that is larger than all of its neighbours together",
        stash=[*below("/data", films(0)), *below("/data/extra", films(100, 300))],
        plex=[*below("/mnt/media", films(0)), *below("/mnt/other", films(100, 300))],
        stash_folders=["/data"],
        plex_folders=["/mnt/media", "/mnt/other"],
        pairs=[("/data", "/mnt/media"), ("/data/extra", "/mnt/other")],
    ),
    Layout(
        name="one root inside another, and both lie in one Plex folder",
        stash=[*below("/data", films(0)), *below("/data/clips", films(100))],
        plex=[*below("/mnt", films(0)), *below("/mnt/clips", films(100))],
        stash_folders=["/data", "/data/clips"],
        plex_folders=["/mnt", "/mnt/clips"],
        pairs=[("/data", "/mnt")],
    ),
    Layout(
        name="one nested root that is the same on both sides",
        stash=[*below("/data", films(0)), *below("/data/shared", films(100))],
        plex=[*below("/mnt", films(0)), *below("/data/shared", films(100))],
        stash_folders=["/data"],
        plex_folders=["/mnt", "/data/shared"],
        pairs=[("/data", "/mnt"), ("/data/shared", "/data/shared")],
    ),
    Layout(
        name="one root the same, one not",
        stash=[*below("/films", films(0)), *below("/clips", films(100))],
        plex=[*below("/films", films(0)), *below("/mnt/c", films(100))],
        stash_folders=["/films", "/clips"],
        plex_folders=["/films", "/mnt/c"],
        pairs=[("/clips", "/mnt/c")],
    ),
    Layout(
        name="UNC to POSIX",
        stash=below("\\\\nas\\media", films()),
        plex=below("/volume1/video", films()),
        stash_folders=["\\\\nas\\media"],
        plex_folders=["/volume1/video"],
        pairs=[("\\\\nas\\media", "/volume1/video")],
    ),
    Layout(
        name="POSIX to UNC",
        stash=below("/data/films", films()),
        plex=below("\\\\NAS\\Media\\films", films()),
        stash_folders=["/data/films"],
        plex_folders=["\\\\nas\\media"],
        pairs=[("/data", "\\\\NAS\\Media")],
    ),
    Layout(
        name="Windows to Linux",
        stash=below("D:\\Videos", films()),
        plex=below("/mnt/videos", films()),
        stash_folders=["D:\\Videos"],
        plex_folders=["/mnt/videos"],
        pairs=[("D:\\Videos", "/mnt/videos")],
    ),
    Layout(
        name="Linux to Windows in another case",
        stash=below("/data", [tail.lower() for tail in films()]),
        plex=below("E:\\Media", [tail.title() for tail in films()]),
        stash_folders=["/data"],
        plex_folders=["E:\\Media"],
        pairs=[("/data", "E:\\Media")],
    ),
    Layout(
        name="one drive in two spellings needs no pair",
        stash=below("d:/videos", films()),
        plex=below("D:\\Videos", films()),
        stash_folders=["d:/videos"],
        plex_folders=["D:\\Videos"],
        pairs=[],
    ),
    Layout(
        name="a whole drive",
        stash=below("Z:\\", films()),
        plex=below("/mnt/nas", films()),
        stash_folders=["Z:\\"],
        plex_folders=["/mnt/nas"],
        pairs=[("Z:\\", "/mnt/nas")],
    ),
    Layout(
        name="folders that differ in case on POSIX",
        stash=below("/data/Films", films()),
        plex=below("/data/films", films()),
        stash_folders=["/data/Films"],
        plex_folders=["/data/films"],
        pairs=[("/data/Films", "/data/films")],
    ),
    Layout(
        name="folders below the root that differ in case on POSIX",
        stash=[*below("/data", films(0)), *below("/data/new", films(100, 40))],
        plex=[*below("/mnt", films(0)), *below("/mnt/NEW", films(100, 40))],
        stash_folders=["/data"],
        plex_folders=["/mnt"],
        pairs=[("/data", "/mnt"), ("/data/new", "/mnt/NEW")],
    ),
    Layout(
        name="folders with the same tail",
        stash=[*below("/a/media/films", films(0)), *below("/b/media/films", films(100))],
        plex=[*below("/x/media/films", films(0)), *below("/y/media/films", films(100))],
        stash_folders=["/a/media/films", "/b/media/films"],
        plex_folders=["/x/media/films", "/y/media/films"],
        pairs=[
            ("/a/media/films", "/x/media/films"),
            ("/b/media/films", "/y/media/films"),
        ],
    ),
    Layout(
        name="folders with the same tail, and every name repeats in both",
        stash=[*below("/a/one", repeats()), *below("/b/two", repeats())],
        plex=[*below("/x/one", repeats()), *below("/y/two", repeats())],
        stash_folders=["/a/one", "/b/two"],
        plex_folders=["/x/one", "/y/two"],
        pairs=[("/a/one", "/x/one"), ("/b/two", "/y/two")],
        used=False,
    ),
    Layout(
        name="one library of three present in Plex",
        stash=list(
            chain(
                *(
                    below(f"/data/{one}", films(hundred))
                    for one, hundred in (("a", 0), ("b", 100), ("c", 200))
                )
            )
        ),
        plex=below("/mnt/b", films(100)),
        stash_folders=["/data/a", "/data/b", "/data/c"],
        plex_folders=["/mnt/b"],
        pairs=[("/data/b", "/mnt/b")],
        matched=24,
        missing=("/mnt/a", "/mnt/c"),
    ),
    Layout(
        name="one folder of Stash's only library present in Plex",
        stash=[*below("/data/a", films(0)), *below("/data/b", films(100))],
        plex=below("/mnt/a", films(0)),
        stash_folders=["/data"],
        plex_folders=["/mnt/a"],
        pairs=[("/data/a", "/mnt/a")],
        matched=24,
        missing=("/mnt/b",),
    ),
    Layout(
        name="a third of the scenes present in Plex",
        stash=below("/data", films(0, 72)),
        plex=below("/mnt", films(0, 72)[::3]),
        stash_folders=["/data"],
        plex_folders=["/mnt"],
        pairs=[("/data", "/mnt")],
        matched=24,
    ),
    Layout(
        name="symlinked root",
        stash=below("/data/videos", films()),
        plex=below("/mnt/pool/videos", films()),
        stash_folders=["/data/videos"],
        plex_folders=["/mnt/pool/videos"],
        pairs=[("/data/videos", "/mnt/pool/videos")],
    ),
    Layout(
        name="one link inside the root",
        stash=[*below("/data", films(0)), *below("/data/link", films(100, 5))],
        plex=[*below("/mnt", films(0)), *below("/mnt/pool2", films(100, 5))],
        stash_folders=["/data"],
        plex_folders=["/mnt"],
        pairs=[("/data", "/mnt"), ("/data/link", "/mnt/pool2")],
    ),
    Layout(
        name="trailing and doubled slashes",
        stash=[path.replace("/data/", "/data//") for path in below("/data", films())],
        plex=below("/mnt/media", films()),
        stash_folders=["/data/"],
        plex_folders=["/mnt/media/"],
        pairs=[("/data", "/mnt/media")],
    ),
    Layout(
        name="spaces and accents, NFC against NFD",
        stash=below("/my data/caf\u00e9", [f"\u00e9t\u00e9/{tail}" for tail in films()]),
        plex=below("/my media/Cafe\u0301", [f"e\u0301te\u0301/{tail}" for tail in films()]),
        stash_folders=["/my data/caf\u00e9"],
        plex_folders=["/my media/Cafe\u0301"],
        pairs=[("/my data/caf\u00e9", "/my media/Cafe\u0301")],
    ),
    Layout(
        name="NFC against NFD is the same path",
        stash=below("/caf\u00e9", films()),
        plex=below("/cafe\u0301", films()),
        stash_folders=["/caf\u00e9"],
        plex_folders=["/cafe\u0301"],
        pairs=[],
    ),
    Layout(
        name="an empty library",
        stash=below("/data", films()),
        plex=[],
        stash_folders=["/data"],
        plex_folders=["/data"],
        pairs=[],
        matched=0,
        used=False,
    ),
    Layout(
        name="an empty library that has another folder",
        stash=below("/data", films()),
        plex=[],
        stash_folders=["/data"],
        plex_folders=["/mnt"],
        pairs=[],
        matched=0,
        used=False,
        missing=("/data",),
    ),
    Layout(
        name="names that repeat everywhere",
        stash=below("/data", repeats()),
        plex=below("/mnt/media", repeats()),
        stash_folders=["/data"],
        plex_folders=["/mnt/media"],
        pairs=[("/data", "/mnt/media")],
        used=False,
    ),
    Layout(
        name="names that repeat everywhere, in folders that Plex does not have too",
        stash=[*below("/data", repeats("ABCD")), *below("/data", repeats("WXYZ"))],
        plex=below("/mnt/media", repeats("ABCD")),
        stash_folders=["/data"],
        plex_folders=["/mnt/media"],
        pairs=[("/data", "/mnt/media")],
        matched=20,
        used=False,
    ),
    Layout(
        name="a few certain files among names that repeat everywhere",
        stash=[*below("/data", repeats()), *below("/data", films())],
        plex=[*below("/mnt/media", repeats()), *below("/mnt/media", films())],
        stash_folders=["/data"],
        plex_folders=["/mnt/media"],
        pairs=[("/data", "/mnt/media")],
    ),
    Layout(
        name="one file",
        stash=["/data/A/film.mp4"],
        plex=["/mnt/media/A/film.mp4"],
        stash_folders=["/data"],
        plex_folders=["/mnt/media"],
        pairs=[("/data", "/mnt/media")],
    ),
    Layout(
        name="all files in the roots themselves",
        stash=below("/data", [f"{number}.mp4" for number in range(30)]),
        plex=below("/mnt/media", [f"{number}.mp4" for number in range(30)]),
        stash_folders=["/data"],
        plex_folders=["/mnt/media"],
        pairs=[("/data", "/mnt/media")],
    ),
    Layout(
        name="Plex's root is higher than Stash's",
        stash=below("/data", films()),
        plex=[*below("/mnt/media/stash", films()), *below("/mnt/media/tv", films(500, 50))],
        stash_folders=["/data"],
        plex_folders=["/mnt/media"],
        pairs=[("/data", "/mnt/media/stash")],
    ),
    Layout(
        name="Stash's root is higher than Plex's",
        stash=[*below("/data/films", films()), *below("/data/other", films(500))],
        plex=below("/films", films()),
        stash_folders=["/data"],
        plex_folders=["/films"],
        pairs=[("/data/films", "/films")],
        matched=24,
        missing=("/other",),
    ),
    Layout(
        name="a root mapped to a root",
        stash=below("/", films()),
        plex=below("/mnt/media", films()),
        stash_folders=["/"],
        plex_folders=["/mnt/media"],
        pairs=[("/", "/mnt/media")],
    ),
    Layout(
        name="two folders change places",
        stash=[*below("/a", films(0)), *below("/b", films(100))],
        plex=[*below("/b", films(0)), *below("/a", films(100))],
        stash_folders=["/a", "/b"],
        plex_folders=["/a", "/b"],
        pairs=[("/a", "/b"), ("/b", "/a")],
    ),
    Layout(
        name="the same file in two Plex libraries",
        stash=below("/data", films()),
        plex=[*below("/mnt/media", films()), *below("/mnt/media", films())],
        stash_folders=["/data"],
        plex_folders=["/mnt/media", "/mnt/media/A"],
        pairs=[("/data", "/mnt/media")],
    ),
    Layout(
        name="a few copies elsewhere in Plex",
        stash=below("/data", films(0, 40)),
        plex=[*below("/mnt/media", films(0, 40)), *below("/mnt/old", films(0, 8))],
        stash_folders=["/data"],
        plex_folders=["/mnt/media", "/mnt/old"],
        pairs=[("/data", "/mnt/media")],
    ),
    Layout(
        name="one stray namesake",
        stash=[*below("/data", films(0, 40)), "/data/A/intro.mp4"],
        plex=[*below("/mnt/media", films(0, 40)), "/mnt/tv/Show/intro.mp4"],
        stash_folders=["/data"],
        plex_folders=["/mnt/media", "/mnt/tv"],
        pairs=[("/data", "/mnt/media")],
        matched=40,
        used=False,
    ),
    Layout(
        name="a complete copy in Plex",
        stash=below("/data", films()),
        plex=[*below("/mnt/media", films()), *below("/mnt/backup", films())],
        stash_folders=["/data"],
        plex_folders=["/mnt/media", "/mnt/backup"],
        pairs=[],
        matched=0,
        used=False,
        alternatives=(("/data", "/mnt/backup"), ("/data", "/mnt/media")),
    ),
    Layout(
        name="a copy in Plex that lacks a few files",
        stash=below("/data", films(0, 40)),
        plex=[*below("/mnt/media", films(0, 40)), *below("/mnt/backup", films(0, 36))],
        stash_folders=["/data"],
        plex_folders=["/mnt/media", "/mnt/backup"],
        pairs=[],
        matched=0,
        used=False,
        alternatives=(("/data", "/mnt/backup"), ("/data", "/mnt/media")),
    ),
    Layout(
        name="a complete copy in Plex, but one has the same paths",
        stash=below("/data", films()),
        plex=[*below("/data", films()), *below("/mnt/backup", films())],
        stash_folders=["/data"],
        plex_folders=["/data", "/mnt/backup"],
        pairs=[],
        used=False,
    ),
    Layout(
        name="two disks that Plex sees as one folder",
        stash=[*below("/disk1", films(0)), *below("/disk2", films(100))],
        plex=[*below("/pool", films(0)), *below("/pool", films(100))],
        stash_folders=["/disk1", "/disk2"],
        plex_folders=["/pool"],
        pairs=[],
        matched=0,
        used=False,
        alternatives=(("/disk1", "/pool"), ("/disk2", "/pool")),
    ),
    Layout(
        name="a phone's numbered clips beside a library that has such names too",
        stash=[*below("/data", films(0, 60)), *below("/phone", ["IMG_1.mp4", "IMG_2.mp4"])],
        plex=[*below("/mnt", films(0, 60)), "/mnt/A/IMG_1.mp4", "/mnt/A/IMG_2.mp4"],
        stash_folders=["/data", "/phone"],
        plex_folders=["/mnt"],
        pairs=[("/data", "/mnt")],
        matched=60,
        used=False,
    ),
    Layout(
        name="nothing in common but the names of the folders",
        stash=below("/data/films", films(0)),
        plex=below("/mnt/films", films(500)),
        stash_folders=["/data/films"],
        plex_folders=["/mnt/films"],
        pairs=[],
        matched=0,
        used=False,
        missing=("/data/films",),
    ),
]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_layout_is_told_right(layout: Layout) -> None:
    found = layout.detection()

    assert set(found.pairs) == set(layout.pairs)
    assert found.matched == (len(layout.stash) if layout.matched is None else layout.matched)
    assert found.may_be_used(len(layout.stash)) is layout.used
    assert set(found.alternatives) == set(layout.alternatives)
    assert found.missing_folders == layout.missing


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_it_makes_no_difference_what_the_libraries_are_or_which_comes_first(
    layout: Layout,
) -> None:
    """Library folders only say how far a pair reaches: what is found, the files say."""
    found = layout.detection()
    turned = detect(layout.stash[::-1], layout.plex[::-1], plex_folders=[])

    assert turned.matched == found.matched
    assert turned.agreeing == found.agreeing
    assert set(turned.missing_folders) == set()
    for path in layout.stash:
        there = turned.mapping.to_plex(path)
        if any(same_file(there, one) for one in layout.plex):
            assert same_file(there, found.mapping.to_plex(path))


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_what_is_proposed_passes_the_checks_of_a_written_mapping(layout: Layout) -> None:
    complaints = check_mapping(
        layout.detection().mapping,
        stash_folders=layout.stash_folders,
        plex_folders=layout.plex_folders,
    )

    assert complaints == ()
