from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plexapi.exceptions import BadRequest, NotFound
from plexapi.video import Movie

from errors import ItemGoneError, PlexAwayError
from plex.cache import MatchCache, PlexCache
from plex.exceptions import PlexNotFound
from plex.matcher import (
    Candidate,
    Decision,
    DecisionKind,
    MatchConfidence,
    find_plex_item_by_path,
    find_plex_items_with_confidence,
    match_files,
    suggested_titles,
)


@dataclass(frozen=True)
class FakeItem:
    """An item as plexapi shapes it."""

    key: str
    title: str
    media: tuple[SimpleNamespace, ...]


def item(number: int, *files: str, title: str = "", proxy: object = None) -> FakeItem:
    parts = [SimpleNamespace(file=file) for file in files]
    media = (SimpleNamespace(parts=parts, proxyType=proxy),)
    return FakeItem(f"/library/metadata/{number}", title or f"Item {number}", media)


@dataclass
class FakeLibrary:
    """A library that says what it was asked, and fails as it is told."""

    items: list[FakeItem] = field(default_factory=list)
    title: str = "Movies"
    asked: list[str] = field(default_factory=list)
    failures: dict[str, Exception] = field(default_factory=dict)

    def search(self, *, title: str) -> list[FakeItem]:
        self._ask("search", title)
        return [one for one in self.items if title.casefold() in one.title.casefold()]

    def all(self) -> Iterator[FakeItem]:
        self._ask("all")
        return iter(self.items)

    def fetchItem(self, key: str, /) -> FakeItem:  # noqa: N802 - plexapi's name
        self._ask("fetch", key.rpartition("/")[2])
        for one in self.items:
            if one.key == key:
                return one
        raise self.failures.get("gone", NotFound("404"))

    def count(self, word: str) -> int:
        return sum(asked.split()[0] == word for asked in self.asked)

    def _ask(self, *words: str) -> None:
        self.asked.append(" ".join(words))
        if words[0] in self.failures:
            raise self.failures[words[0]]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def listings(tmp_path: Path, stack: ExitStack) -> PlexCache:
    return stack.enter_context(PlexCache(tmp_path))


@pytest.fixture
def matches(tmp_path: Path, stack: ExitStack) -> MatchCache:
    return stack.enter_context(MatchCache(tmp_path))


A = item(1, "/v/a.mp4", title="a")
B = item(2, "/v/b.mp4", title="Something else")


# Without caches


def test_an_item_is_found_by_the_title_that_its_file_suggests() -> None:
    library = FakeLibrary([A, B])

    assert find_plex_item_by_path(library, "/v/a.mp4") is A
    assert library.asked == ["search a"]


def test_an_item_of_another_title_is_found_in_the_listing() -> None:
    library = FakeLibrary([A, B])

    assert find_plex_items_with_confidence(library, "/v/b.mp4") == (MatchConfidence.HIGH, B, [B])
    assert library.asked == ["search b", "all"]


def test_each_suggested_title_is_tried_before_the_listing() -> None:
    wanted = item(1, "/v/Name 2024-05-17 WEBDL-1080p.mp4", title="Name")
    library = FakeLibrary([wanted])

    assert find_plex_item_by_path(library, "/v/Name 2024-05-17 WEBDL-1080p.mp4") is wanted
    assert library.asked == [
        "search Name 2024-05-17 WEBDL-1080p",
        "search Name 2024-05-17",
        "search Name",
    ]


def test_every_file_of_an_item_counts_but_no_version_that_plex_made() -> None:
    parts = item(1, "/v/cd1.mp4", "/v/cd2.mp4")
    optimised = item(2, "/v/cd3.mp4", proxy="42")
    library = FakeLibrary([parts, optimised])

    assert find_plex_item_by_path(library, "/v/cd2.mp4") is parts
    assert find_plex_item_by_path(library, "/v/cd3.mp4") is None


def test_a_file_that_no_item_holds_is_named() -> None:
    library = FakeLibrary([A, B])

    with pytest.raises(PlexNotFound, match="the library 'Movies' holds /v/c\\.mp4") as caught:
        find_plex_items_with_confidence(library, "/v/c.mp4")

    assert caught.value.code == "not_in_plex"
    assert find_plex_item_by_path(library, "/v/c.mp4") is None


@pytest.mark.parametrize("title", ["a", "Something else"])
def test_several_items_of_one_file_are_candidates_and_none_is_chosen(
    title: str, matches: MatchCache
) -> None:
    twins = [item(5, "/v/a.mp4", title=title), item(6, "/v/a.mp4", title=title)]
    library = FakeLibrary([*twins, B])

    found = find_plex_items_with_confidence(library, "/v/a.mp4", match_cache=matches)

    assert found == (MatchConfidence.LOW, None, twins)
    assert find_plex_item_by_path(library, "/v/a.mp4") is None
    assert matches.get_stats()["count"] == 0


def test_an_item_that_comes_twice_in_a_listing_is_one() -> None:
    """Paging overlaps when something is added meanwhile."""
    library = FakeLibrary([B, B])

    assert find_plex_item_by_path(library, "/v/b.mp4") is B


def test_a_plexapi_item_of_a_listing_is_matched_without_a_hidden_request() -> None:
    element = ElementTree.fromstring(
        '<Video key="/library/metadata/1" ratingKey="1" type="movie" title="A" titleSort="A">'
        '<Media id="1"><Part id="1" file="/v/a.mp4"/></Media></Video>'
    )
    bare = ElementTree.fromstring(
        '<Video key="/library/metadata/2" ratingKey="2" type="movie" title="B" titleSort="B"/>'
    )
    movies = [Movie(None, one, initpath="/all") for one in (element, bare)]  # type: ignore[no-untyped-call]
    library = SimpleNamespace(title="Movies", search=lambda title: [], all=lambda: movies)  # noqa: ARG005

    assert find_plex_item_by_path(library, "/v/a.mp4") is movies[0]


# Full paths, prefixes and names


def test_the_same_name_in_another_folder_is_no_match_with_prefixes() -> None:
    """`/StudioA/scene.mp4` must not overwrite `/StudioB/scene.mp4`."""
    library = FakeLibrary([item(1, "/plex/StudioB/scene.mp4", title="scene")])

    with pytest.raises(PlexNotFound):
        find_plex_items_with_confidence(library, "/stash/StudioA/scene.mp4", "/plex", "/stash")
    with pytest.raises(PlexNotFound):
        find_plex_items_with_confidence(library, "/plex/StudioA/scene.mp4", "/plex", "/plex")
    with pytest.raises(PlexNotFound):
        find_plex_items_with_confidence(library, "/plex/StudioA/scene.mp4", "", "")


@pytest.mark.parametrize("prefixes", [("/plex", None), (None, "/stash"), ("/v", ""), ("", "/v")])
def test_one_prefix_alone_exchanges_nothing_and_leaves_no_name_to_decide(
    prefixes: tuple[str | None, str | None],
) -> None:
    library = FakeLibrary([item(1, "/v/a.mp4"), item(2, "/plex/b.mp4")])

    for_the_whole_path = find_plex_item_by_path(library, "/v/a.mp4", *prefixes)
    assert for_the_whole_path is library.items[0]
    assert find_plex_item_by_path(library, "/stash/b.mp4", *prefixes) is None
    assert find_plex_item_by_path(library, "/stash/a.mp4", *prefixes) is None


def test_prefixes_are_exchanged_at_the_border_of_a_folder() -> None:
    library = FakeLibrary([item(1, "/plex/a.mp4"), item(2, "/plexbase/a.mp4")])

    found = find_plex_item_by_path(library, "/data/a.mp4", "/plex", "/data/")
    assert found is library.items[0]
    assert find_plex_item_by_path(library, "/database/a.mp4", "/plex", "/data") is None


def test_a_windows_server_is_matched_in_any_case_and_slash() -> None:
    library = FakeLibrary([item(1, "D:\\Videos\\Studio\\A.mp4")])

    found = find_plex_item_by_path(library, "/data/studio/a.mp4", "d:/videos", "/data")
    assert found is library.items[0]


def test_without_prefixes_a_unique_name_decides() -> None:
    library = FakeLibrary([item(1, "/plex/deep/a.mp4"), B])

    assert find_plex_item_by_path(library, "/stash/a.mp4") is library.items[0]


def test_a_name_is_unique_only_in_the_whole_library() -> None:
    """The search knows one of the two."""
    twins = [item(5, "/plex/x/a.mp4", title="a"), item(6, "/plex/y/a.mp4", title="Other")]
    library = FakeLibrary([*twins, B])

    found = find_plex_items_with_confidence(library, "/stash/a.mp4")

    assert found == (MatchConfidence.LOW, None, twins)


def test_a_full_path_goes_before_a_name() -> None:
    exact = item(2, "/v/y/a.mp4", title="Other")
    library = FakeLibrary([item(1, "/v/x/a.mp4", title="a"), exact])

    assert find_plex_item_by_path(library, "/v/y/a.mp4") is exact


def test_an_old_listing_does_not_make_a_name_unique(listings: PlexCache) -> None:
    """The item that holds the full path came later."""
    listings.set_library_items("Movies", [item(1, "/v/x/a.mp4")])
    exact = item(2, "/v/y/a.mp4")
    library = FakeLibrary([item(1, "/v/x/a.mp4"), exact])

    assert find_plex_item_by_path(library, "/v/y/a.mp4", library_cache=listings) is exact


# The match cache


def test_a_known_match_costs_one_fetch_and_no_search(matches: MatchCache) -> None:
    library = FakeLibrary([A, B])
    find_plex_item_by_path(library, "/v/b.mp4", match_cache=matches)
    assert matches.get_match("Movies", "/v/b.mp4") == "/library/metadata/2"
    library.asked.clear()

    found = find_plex_items_with_confidence(library, "/v/b.mp4", match_cache=matches)

    assert found == (MatchConfidence.HIGH, B, [B])
    assert library.asked == ["fetch 2"]


def test_a_match_is_kept_under_the_path_as_plex_knows_it(matches: MatchCache) -> None:
    """The batch path streams listings into the same cache."""
    library = FakeLibrary([A, B])
    matches.set_many("Movies", [("/v/b.mp4", "/library/metadata/2")])

    assert find_plex_item_by_path(library, "/s/b.mp4", "/v", "/s", match_cache=matches) is B
    assert find_plex_item_by_path(library, "/s/a.mp4", "/v", "/s", match_cache=matches) is A
    assert library.asked == ["fetch 2", "search a"]
    assert matches.get_match("Movies", "/v/a.mp4") == A.key


@pytest.mark.parametrize("error", [NotFound("404"), ItemGoneError("gone")])
def test_a_match_whose_item_is_gone_is_searched_again(
    error: Exception, matches: MatchCache
) -> None:
    library = FakeLibrary([A, B], failures={"gone": error})
    matches.set_match("Movies", "/v/a.mp4", "/library/metadata/9")

    assert find_plex_item_by_path(library, "/v/a.mp4", match_cache=matches) is A
    assert library.asked == ["fetch 9", "search a"]
    assert matches.get_match("Movies", "/v/a.mp4") == A.key


def test_a_match_whose_item_is_gone_for_good_is_forgotten(matches: MatchCache) -> None:
    library = FakeLibrary([B])
    matches.set_match("Movies", "/v/a.mp4", "/library/metadata/9")

    assert find_plex_item_by_path(library, "/v/a.mp4", match_cache=matches) is None
    assert matches.get_match("Movies", "/v/a.mp4") is None


@pytest.mark.parametrize("other", ["/v/b.mp4", "/elsewhere/a.mp4", "/v/A.mp4"])
def test_a_match_whose_item_now_holds_another_file_is_searched_again(
    other: str, matches: MatchCache
) -> None:
    """Plex reuses keys, files move, and the cache does not know case."""
    library = FakeLibrary([item(9, other), A])
    matches.set_match("Movies", "/v/a.mp4", "/library/metadata/9")

    assert find_plex_item_by_path(library, "/v/a.mp4", match_cache=matches) is A
    assert matches.get_match("Movies", "/v/a.mp4") == A.key


@pytest.mark.parametrize(
    "error", [BadRequest("(503) maintenance"), PlexAwayError("away"), TimeoutError()]
)
def test_a_match_that_cannot_be_asked_about_stays(error: Exception, matches: MatchCache) -> None:
    library = FakeLibrary([A], failures={"fetch": error})
    matches.set_match("Movies", "/v/a.mp4", A.key)

    with pytest.raises(type(error)):
        find_plex_item_by_path(library, "/v/a.mp4", match_cache=matches)

    assert library.asked == ["fetch 1"]
    assert matches.get_match("Movies", "/v/a.mp4") == A.key


def test_libraries_do_not_share_matches(matches: MatchCache) -> None:
    matches.set_match("Movies", "/v/a.mp4", "/library/metadata/9")
    library = FakeLibrary([A], title="Shows")

    assert find_plex_item_by_path(library, "/v/a.mp4", match_cache=matches) is A
    assert library.asked == ["search a"]


# Searches and listings from the cache


def test_a_known_search_is_verified_by_one_fetch(listings: PlexCache) -> None:
    library = FakeLibrary([A, B])
    find_plex_item_by_path(library, "/v/a.mp4", library_cache=listings)
    library.asked.clear()

    assert find_plex_item_by_path(library, "/v/a.mp4", library_cache=listings) is A
    assert library.asked == ["fetch 1"]


def test_a_known_listing_spares_another_one(listings: PlexCache) -> None:
    library = FakeLibrary([A, B, item(3, "/v/c.mp4")])
    find_plex_item_by_path(library, "/v/b.mp4", library_cache=listings)
    library.asked.clear()

    assert find_plex_item_by_path(library, "/v/c.mp4", library_cache=listings) is library.items[2]
    assert library.asked == ["search c", "fetch 3"]


def test_a_stale_search_is_asked_anew_and_replaced(listings: PlexCache) -> None:
    listings.set_search_results("Movies", "a", [item(9, "/v/a.mp4")])
    library = FakeLibrary([A])

    assert find_plex_item_by_path(library, "/v/a.mp4", library_cache=listings) is A
    assert library.asked == ["fetch 9", "search a"]
    known = listings.get_search_results("Movies", "a")
    assert known is not None
    assert [one["key"] for one in known] == [A.key]


def test_a_stale_listing_is_asked_anew_once_and_replaced(listings: PlexCache) -> None:
    listings.set_library_items("Movies", [item(9, "/v/b.mp4"), item(8, "/v/b.mp4"), A])
    library = FakeLibrary([A, B])

    assert find_plex_item_by_path(library, "/v/b.mp4", library_cache=listings) is B
    assert library.asked == ["search b", "fetch 9", "fetch 8", "all"]
    known = listings.get_library_items("Movies")
    assert known is not None
    assert [one["key"] for one in known] == [A.key, B.key]


def test_one_stale_candidate_does_not_make_a_match_ambiguous(listings: PlexCache) -> None:
    listings.set_library_items("Movies", [item(9, "/v/b.mp4"), B])
    library = FakeLibrary([A, B])

    assert find_plex_item_by_path(library, "/v/b.mp4", library_cache=listings) is B


@pytest.mark.parametrize("is_listed", [True, False])
def test_where_one_of_two_known_candidates_is_gone_the_server_is_asked_for_all(
    is_listed: bool, listings: PlexCache
) -> None:
    """The one that is gone may have come back as an item that the cache has not seen."""
    known = [item(1, "/v/a.mp4", title="a"), item(2, "/v/a.mp4", title="a")]
    if is_listed:
        listings.set_library_items("Movies", known)
    else:
        listings.set_search_results("Movies", "a", known)
    now = [known[0], item(3, "/v/a.mp4", title="a")]
    if is_listed:
        now = [item(1, "/v/a.mp4"), item(3, "/v/a.mp4")]

    found = find_plex_items_with_confidence(FakeLibrary(now), "/v/a.mp4", library_cache=listings)

    assert found == (MatchConfidence.LOW, None, now)


def test_a_file_scanned_a_moment_ago_is_found(listings: PlexCache, matches: MatchCache) -> None:
    """Absence is never believed of a cache."""
    library = FakeLibrary([A])
    assert find_plex_item_by_path(library, "/v/b.mp4", None, None, listings, matches) is None
    library.items.append(B)

    assert find_plex_item_by_path(library, "/v/b.mp4", None, None, listings, matches) is B


def test_a_file_that_is_not_there_costs_one_listing_at_most(
    listings: PlexCache, matches: MatchCache
) -> None:
    listings.set_library_items("Movies", [item(9, "/v/x.mp4")])
    listings.set_search_results("Movies", "x", [item(9, "/v/x.mp4")])
    matches.set_match("Movies", "/v/x.mp4", "/library/metadata/9")
    library = FakeLibrary([A, B])

    with pytest.raises(PlexNotFound):
        find_plex_items_with_confidence(library, "/v/x.mp4", None, None, listings, matches)

    assert library.count("all") == 1
    assert library.count("search") == 1


@given(
    now=st.lists(st.tuples(st.integers(1, 4), st.sampled_from("abcA")), max_size=4),
    before=st.lists(st.tuples(st.integers(1, 4), st.sampled_from("abcA")), max_size=4),
    wanted=st.sampled_from("abcA"),
    is_same_title=st.booleans(),
)
def test_no_cache_makes_a_single_item_another_one(
    tmp_path_factory: pytest.TempPathFactory,
    now: list[tuple[int, str]],
    before: list[tuple[int, str]],
    wanted: str,
    is_same_title: bool,
) -> None:
    """Caches filled from any other state of Plex: where one item is right, it is found."""

    def library(pairs: list[tuple[int, str]]) -> FakeLibrary:
        files = dict(pairs)
        return FakeLibrary(
            [item(n, f"/v/{c}.mp4", title=c if is_same_title else "") for n, c in files.items()]
        )

    def outcome(*caches: PlexCache | MatchCache | None) -> object:
        try:
            return find_plex_items_with_confidence(
                library(now),
                f"/v/{wanted}.mp4",
                "/v",
                "/v",
                *caches,  # type: ignore[arg-type]
            )
        except PlexNotFound:
            return None

    folder = tmp_path_factory.mktemp("caches")
    with PlexCache(folder) as listings, MatchCache(folder) as matches:
        for name in "abcA":
            find_plex_item_by_path(library(before), f"/v/{name}.mp4", "/v", "/v", listings, matches)
        plain, cached = outcome(), outcome(listings, matches)

    if isinstance(plain, tuple) and plain[0] is MatchConfidence.LOW:
        assert isinstance(cached, tuple)
        assert all(one in plain[2] for one in cached[2])  # a verified match is not asked about
    else:
        assert cached == plain


# What could not be asked


def test_a_search_that_fails_falls_through_to_the_listing() -> None:
    library = FakeLibrary([A], failures={"search": BadRequest("(500)")})

    assert find_plex_item_by_path(library, "/v/a.mp4") is A
    assert library.asked == ["search a", "all"]


@pytest.mark.parametrize("error", [BadRequest("(503)"), PlexAwayError("away"), NotFound("proxy")])
def test_a_listing_that_fails_raises_what_failed(
    error: Exception, listings: PlexCache, matches: MatchCache
) -> None:
    """ "Could not ask" is never "not found"."""
    library = FakeLibrary([A, B], failures={"all": error})

    for find in (find_plex_item_by_path, find_plex_items_with_confidence):
        with pytest.raises(type(error)) as caught:
            find(library, "/v/b.mp4", None, None, listings, matches)
        assert caught.value is error


def test_a_listing_that_breaks_off_is_neither_kept_nor_believed(listings: PlexCache) -> None:
    class Breaking(FakeLibrary):
        def all(self) -> Iterator[FakeItem]:
            yield from self.items
            raise PlexAwayError("away")

    with pytest.raises(PlexAwayError):
        find_plex_item_by_path(Breaking([A]), "/v/b.mp4", library_cache=listings)

    assert listings.get_library_items("Movies") is None


def test_paths_are_logged_for_debugging_only(
    caplog: pytest.LogCaptureFixture, listings: PlexCache, matches: MatchCache
) -> None:
    caplog.set_level(logging.DEBUG, "PlexSync.plex.matcher")
    library = FakeLibrary([B], failures={"search": BadRequest("x")})
    matches.set_match("Movies", "/secret/a.mp4", "/library/metadata/9")

    find_plex_item_by_path(library, "/secret/a.mp4", None, None, listings, matches)

    assert any("/secret/a.mp4" in one.getMessage() for one in caplog.records)
    assert all(one.levelno == logging.DEBUG for one in caplog.records)


def test_the_log_tells_what_became_of_a_match(
    caplog: pytest.LogCaptureFixture, matches: MatchCache
) -> None:
    caplog.set_level(logging.DEBUG, "PlexSync.plex.matcher")
    twins = [item(5, "/v/a.mp4"), item(6, "/v/a.mp4")]
    library = FakeLibrary(twins, failures={"search": BadRequest("x")})
    matches.set_match("Movies", "/v/a.mp4", "/library/metadata/9")

    find_plex_items_with_confidence(library, "/v/a.mp4", match_cache=matches)

    assert [one.getMessage() for one in caplog.records] == [
        "Plex has no item /library/metadata/9 any more",
        "the match of /v/a.mp4 with /library/metadata/9 is stale",
        "searching 'a' failed (BadRequest)",
        "2 items hold /v/a.mp4",
    ]


# Titles


@pytest.mark.parametrize(
    ("path", "titles"),
    [
        ("/v/Scene.mp4", ("Scene",)),
        ("/v/-Scene 720p.mp4", ("-Scene 720p", "Scene")),
        ("/v/_Scene 2024-05-17.mp4", ("_Scene 2024-05-17", "Scene")),
        ("/v/ -_.mp4", ()),
        ("/v/Scene WEBDL-1080p.mp4", ("Scene WEBDL-1080p", "Scene")),
        (
            "/v/Studio - Name 2024-05-17 [WEB-DL 720p] extra.mkv",
            (
                "Studio - Name 2024-05-17 [WEB-DL 720p] extra",
                "Studio - Name 2024-05-17",
                "Studio - Name",
            ),
        ),
        (
            "C:\\v\\A.Scene.24.05.17.2160p.HEVC.mp4",
            ("A.Scene.24.05.17.2160p.HEVC", "A.Scene.24.05.17", "A.Scene"),
        ),
        ("/v/Name (2024-05-17).mp4", ("Name (2024-05-17)", "Name")),
        ("/v/Name (2024).mp4", ("Name (2024)", "Name")),
        ("/v/Name 2049.mp4", ("Name 2049",)),
        ("/v/2024-05-17.mp4", ("2024-05-17",)),
        ("/v/1080p.mp4", ("1080p",)),
        ("/v/A Web Story 4Kids HDRama.mp4", ("A Web Story 4Kids HDRama",)),
        ("/v/no extension", ("no extension",)),
        ("/v/.hidden", (".hidden",)),
        ("/", ()),
        ("", ()),
    ],
)
def test_a_file_name_suggests_these_titles(path: str, titles: tuple[str, ...]) -> None:
    assert suggested_titles(path) == titles


@pytest.mark.parametrize(
    "mark",
    [
        "WEBDL",
        "WEB-DL",
        "WEBRip",
        "HDTV",
        "BluRay",
        "Blu-Ray",
        "BDRip",
        "BRRip",
        "DVDRip",
        "480p",
        "720p",
        "1080p",
        "1080p60",
        "2160p",
        "4K",
        "HDR",
        "HDR10",
        "x264",
        "h.265",
        "HEVC",
        "REMUX",
        "UHD",
        "webdl",
    ],
)
@pytest.mark.parametrize("form", ["A Scene {} rest", "A Scene.{}", "A Scene [{}]", "A Scene-{}_x"])
def test_a_quality_mark_and_what_follows_is_no_title(mark: str, form: str) -> None:
    assert suggested_titles(f"/v/{form.format(mark)}.mp4")[1:] == ("A Scene",)


@given(st.text())
def test_titles_are_never_empty_nor_twice(path: str) -> None:
    titles = suggested_titles(path)

    assert all(title.strip() for title in titles)
    assert len(set(titles)) == len(titles)


# The decision


def decide(wanted: list[str], **files: list[str]) -> Decision:
    return match_files(wanted, [Candidate(key, "", tuple(paths)) for key, paths in files.items()])


def test_one_holder_of_any_file_is_found() -> None:
    found = Decision(DecisionKind.FOUND, ("x",))

    assert decide(["/a"], x=["/a"], y=["/b"]) == found
    assert decide(["/a", "/b"], x=["/b"], y=["/c"]) == found
    assert decide(["/a", "/b"], x=["/b", "/a"], y=["/c"]) == found


def test_no_holder_is_none() -> None:
    assert decide(["/a"], x=["/b"], y=[]) == Decision(DecisionKind.NONE)
    assert decide(["/a"]) == Decision(DecisionKind.NONE)
    assert decide([], x=["/a"]) == Decision(DecisionKind.NONE)
    assert decide([""], x=[""]) == Decision(DecisionKind.NONE)


def test_the_holder_of_the_primary_file_is_found_among_several() -> None:
    assert decide(["/a", "/b"], x=["/b"], y=["/a"]) == Decision(DecisionKind.FOUND, ("y",))


def test_several_holders_are_named() -> None:
    assert decide(["/a"], x=["/a"], y=["/a"]) == Decision(DecisionKind.SEVERAL, ("x", "y"))
    assert decide(["/a", "/b", "/c"], x=["/b"], y=["/c"]) == Decision(
        DecisionKind.SEVERAL, ("x", "y")
    )
    assert decide(["/a", "/b"], x=["/a"], y=["/a"], z=["/b"]).kind is DecisionKind.SEVERAL


def test_on_windows_the_exact_case_goes_before_the_others() -> None:
    found = Decision(DecisionKind.FOUND, ("y",))

    assert decide(["C:\\A.mp4"], x=["c:\\a.MP4"], y=["C:/A.mp4"]) == found
    assert decide(["C:\\A.mp4"], y=["c:\\a.MP4"]) == found
    assert decide(["C:\\A.mp4"], x=["c:\\a.MP4"], y=["C:/a.mp4"]).kind is DecisionKind.SEVERAL
    assert decide(["/A"], x=["/a"], y=["/A"]) == found


def test_a_candidate_that_comes_twice_counts_once() -> None:
    twice = [Candidate("x", "", ("/a",)), Candidate("x", "", ("/a",))]

    assert match_files(["/a"], iter(twice)) == Decision(DecisionKind.FOUND, ("x",))
