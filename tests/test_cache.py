from __future__ import annotations

import logging
import pickle
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import diskcache
import pytest
from plexapi.video import Movie

from plex.answers import ListedItem
from plex.cache import ItemData, MatchCache, PlexCache, _extract_item_data
from plex.item import Item
from tests.systems import WITH_MODES

Opener = Callable[..., "PlexCache | MatchCache"]
ITEM: ItemData = {"key": "/library/metadata/1", "title": "A", "file_paths": ["/v/a.mp4"]}


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Closes what a test opens: an open connection is a warning, and so an error."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def listings(tmp_path: Path, stack: ExitStack) -> PlexCache:
    return stack.enter_context(PlexCache(tmp_path))


@pytest.fixture
def matches(tmp_path: Path, stack: ExitStack) -> MatchCache:
    return stack.enter_context(MatchCache(tmp_path))


def media(*files: object, proxy: object = None) -> SimpleNamespace:
    return SimpleNamespace(parts=[SimpleNamespace(file=file) for file in files], proxyType=proxy)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        one.getMessage()
        for one in caplog.records
        if one.name == "PlexSync.plex.cache" and one.levelno >= logging.WARNING
    ]


def rows(database: Path, statement: str, *values: object) -> list[tuple[object, ...]]:
    """Look at the file, or change it, behind the cache's back."""
    with closing(sqlite3.connect(database)) as connection, connection:
        return connection.execute(statement, values).fetchall()


# What is kept of an item


def test_only_key_title_and_paths_are_kept_of_an_item() -> None:
    item = SimpleNamespace(
        key="/library/metadata/1",
        ratingKey=1,
        title="A",
        summary="long",
        media=[media("/v/a.mp4", "/v/b.mp4"), media("/v/c.mp4")],
    )

    assert _extract_item_data(item) == {
        "key": "/library/metadata/1",
        "title": "A",
        "file_paths": ["/v/a.mp4", "/v/b.mp4", "/v/c.mp4"],
    }


def test_the_rating_key_stands_in_for_a_missing_key() -> None:
    assert _extract_item_data(SimpleNamespace(ratingKey=7, title="A", media=[])) == {
        "key": "7",
        "title": "A",
        "file_paths": [],
    }


def test_an_item_without_a_key_is_left_out(listings: PlexCache) -> None:
    listings.set_library_items("Movies", [SimpleNamespace(title="A", media=[]), {}, ITEM])

    assert listings.get_library_items("Movies") == [ITEM]


@pytest.mark.parametrize("proxy", [42, "42"])
def test_versions_that_plex_made_are_left_out(proxy: object) -> None:
    item = SimpleNamespace(key="1", title="A", media=[media("/v/a"), media("/o/a", proxy=proxy)])

    assert _extract_item_data(item) == {"key": "1", "title": "A", "file_paths": ["/v/a"]}


def test_parts_without_a_file_are_left_out() -> None:
    item = SimpleNamespace(key="1", title=None, media=[media(None, "", "/v/a"), media()])

    assert _extract_item_data(item) == {"key": "1", "title": "", "file_paths": ["/v/a"]}


def test_our_own_items_and_stored_ones_are_taken_too() -> None:
    listed = ListedItem(rating_key=1, title="A", files=("/v/a.mp4",))
    full = Item(rating_key=1, type="movie", section_key=1, files=("/v/a.mp4",))

    assert _extract_item_data(listed) == {"key": "1", "title": "A", "file_paths": ["/v/a.mp4"]}
    assert _extract_item_data(full) == {"key": "1", "title": "", "file_paths": ["/v/a.mp4"]}
    assert _extract_item_data({**ITEM, "summary": "long"}) == ITEM


class Server:
    """A plexapi server that counts the hidden requests of its objects."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def query(self, key: str, **_: object) -> object:
        self.asked.append(key)
        raise AssertionError("a hidden request")


def test_a_partial_plexapi_item_is_read_without_a_hidden_request() -> None:
    """plexapi fetches an item anew when an attribute is None or empty."""
    element = ElementTree.fromstring(
        '<Video key="/library/metadata/1" ratingKey="1" type="movie" title="A" titleSort="A"/>'
    )
    server = Server()
    movie = Movie(server, element, initpath="/library/sections/1/all")  # type: ignore[no-untyped-call]

    assert _extract_item_data(movie) == {**ITEM, "file_paths": []}
    assert server.asked == []
    with pytest.raises(AssertionError):
        _ = movie.summary  # the caller's object behaves as before


# Both caches: what they are for


def test_listings_and_searches_are_kept_apart_and_across_a_reopening(tmp_path: Path) -> None:
    other: ItemData = {**ITEM, "title": "B"}
    with PlexCache(tmp_path) as cache:
        cache.set_library_items("Movies", [ITEM, other])
        cache.set_search_results("Movies", "B", [other])

    with PlexCache(str(tmp_path)) as cache:
        assert cache.get_library_items("Movies") == [ITEM, other]
        assert cache.get_search_results("Movies", "B") == [other]
        assert cache.get_search_results("Movies", "A") is None
        assert cache.get_library_items("Shows") is None
    assert (tmp_path / "cache" / "cache.db").is_file()


def test_an_empty_answer_is_something_else_than_none(listings: PlexCache) -> None:
    listings.set_search_results("Movies", "A", [])

    assert listings.get_search_results("Movies", "A") == []


def test_matches_are_kept_across_a_reopening(tmp_path: Path) -> None:
    with MatchCache(tmp_path) as cache:
        cache.set_match("Movies", "/v/a.mp4", "/library/metadata/1")

    with MatchCache(str(tmp_path)) as cache:
        assert cache.get_match("Movies", "/v/a.mp4") == "/library/metadata/1"
    assert (tmp_path / "match_cache" / "cache.db").is_file()


def test_a_library_larger_than_a_row_is_kept_whole(listings: PlexCache) -> None:
    """diskcache puts large values into files of their own."""
    items: list[ItemData] = [
        {"key": str(n), "title": f"Scene {n}", "file_paths": [f"/v/{n}.mp4"]} for n in range(5000)
    ]

    listings.set_library_items("Movies", items)

    assert listings.get_library_items("Movies") == items


def test_the_keys_are_the_documented_ones(tmp_path: Path) -> None:
    with PlexCache(tmp_path) as cache:
        cache.set_library_items("Movies", [])
        cache.set_search_results("Movies", "Title", [])
    with MatchCache(tmp_path) as matches:
        matches.set_match("Movies", "/V/A.mp4", "1")

    for folder, keys in (
        ("cache", ["all:Movies", "search:Movies:Title"]),
        ("match_cache", ["match:Movies:/v/a.mp4"]),
    ):
        with diskcache.Cache(str(tmp_path / folder)) as plain:
            assert list(plain) == keys


def test_an_answer_expires_after_its_time(tmp_path: Path) -> None:
    with PlexCache(tmp_path, library_ttl=0) as cache:
        cache.set_library_items("Movies", [ITEM])
        cache.set_search_results("Movies", "A", [ITEM])

        assert cache.get_library_items("Movies") is None
        assert cache.get_search_results("Movies", "A") is None


def test_an_answer_is_kept_for_the_time_that_was_asked_for(tmp_path: Path) -> None:
    with PlexCache(tmp_path, library_ttl=1000) as cache:
        cache.set_library_items("Movies", [ITEM])

    [[kept]] = rows(tmp_path / "cache/cache.db", "SELECT expire_time - store_time FROM Cache")
    assert kept == pytest.approx(1000)
    with MatchCache(tmp_path) as matches:
        matches.set_match("Movies", "/a", "1")
    assert rows(tmp_path / "match_cache/cache.db", "SELECT expire_time FROM Cache") == [(None,)]


def test_the_defaults_are_the_documented_ones(listings: PlexCache, matches: MatchCache) -> None:
    assert listings._library_ttl == 3600
    assert listings._size_limit == 100 * 1024 * 1024
    assert matches._size_limit == 50 * 1024 * 1024


def test_hits_and_misses_are_counted(listings: PlexCache, matches: MatchCache) -> None:
    assert listings.get_stats()["hit_rate"] == 0.0

    listings.set_library_items("Movies", [ITEM])
    listings.get_library_items("Movies")
    listings.get_library_items("Shows")
    listings.get_search_results("Movies", "A")
    listings.get_search_results("Movies", "B")
    matches.set_match("Movies", "/a", "1")
    matches.get_match("Movies", "/a")
    matches.get_many("Movies", ["/a", "/b", "/c"])

    stats = listings.get_stats()
    assert (stats["hits"], stats["misses"], stats["hit_rate"], stats["count"]) == (1, 3, 25.0, 1)
    assert stats["size"] > 0
    stats = matches.get_stats()
    assert (stats["hits"], stats["misses"], stats["hit_rate"], stats["count"]) == (2, 2, 50.0, 1)


def test_clearing_empties_a_cache_and_begins_to_count_anew(
    listings: PlexCache, matches: MatchCache
) -> None:
    listings.set_library_items("Movies", [ITEM])
    matches.set_match("Movies", "/a", "1")
    listings.get_library_items("Movies")
    matches.get_match("Movies", "/a")

    listings.clear()
    matches.clear()

    for cache in (listings, matches):
        stats = cache.get_stats()
        assert (stats["hits"], stats["misses"], stats["count"]) == (0, 0, 0)
    assert listings.get_library_items("Movies") is None
    assert matches.get_match("Movies", "/a") is None


# Matches


def test_a_match_is_found_in_any_case_of_its_path(matches: MatchCache) -> None:
    matches.set_match("Movies", "/Videos/A.mp4", "1")

    assert matches.get_match("Movies", "/videos/a.MP4") == "1"
    assert matches.get_match("movies", "/Videos/A.mp4") is None


def test_one_path_is_forgotten_alone(matches: MatchCache) -> None:
    matches.set_many("Movies", [("/a", "1"), ("/b", "2")])

    matches.invalidate("Movies", "/A")
    matches.invalidate("Movies", "/never known")

    assert matches.get_many("Movies", ["/a", "/b"]) == {"/b": "2"}


@pytest.mark.parametrize("forgotten", ["Movies", "Movies:4K"])
def test_a_library_is_forgotten_alone(matches: MatchCache, forgotten: str) -> None:
    """One title may begin like another."""
    libraries = ["Movies", "Movies:4K", "Mov", "movies"]
    for library in libraries:
        matches.set_many(library, [(f"/{n}", str(n)) for n in range(250)])

    matches.invalidate_library(forgotten)

    left = [name for name in libraries if matches.get_match(name, "/0") or name == forgotten]
    assert left == libraries
    assert matches.get_many(forgotten, [f"/{n}" for n in range(250)]) == {}
    assert matches.get_stats()["count"] == 750


def test_many_matches_are_read_by_the_paths_as_they_were_asked(matches: MatchCache) -> None:
    matches.set_many("Movies", ((path, key) for path, key in [("/A", "1"), ("/b", "2")]))

    assert matches.get_many("Movies", ["/a", "/B", "/b", "/c"]) == {"/a": "1", "/B": "2", "/b": "2"}
    assert matches.get_many("Movies", []) == {}


def test_what_fails_while_a_listing_streams_is_raised_and_nothing_of_it_is_kept(
    matches: MatchCache, caplog: pytest.LogCaptureFixture
) -> None:
    def page() -> Iterable[tuple[str, str]]:
        yield "/a", "1"
        raise OSError("Plex went away")

    with pytest.raises(OSError, match="Plex went away"):
        matches.set_many("Movies", page())

    assert matches.get_match("Movies", "/a") is None
    assert warnings(caplog) == []


def test_names_that_are_not_utf8_are_kept(listings: PlexCache, matches: MatchCache) -> None:
    """Python shows their bytes as lone surrogates."""
    item: ItemData = {"key": "1", "title": "\udcfe", "file_paths": ["/v/\udcff.mp4"]}

    listings.set_search_results("\udcfd", "\udcfe", [item])
    matches.set_match("\udcfd", "/v/\udcff.mp4", "1")

    assert listings.get_search_results("\udcfd", "\udcfe") == [item]
    assert matches.get_match("\udcfd", "/v/\udcff.mp4") == "1"
    matches.invalidate_library("\udcfd")
    assert matches.get_match("\udcfd", "/v/\udcff.mp4") is None


# Limits


def test_listings_stay_below_their_limit_and_the_newest_stays(tmp_path: Path) -> None:
    limit = 400_000
    with PlexCache(tmp_path, size_limit=limit) as cache:
        for n in range(60):
            cache.set_search_results("Movies", str(n), [{**ITEM, "title": "x" * 20_000}])
            assert cache.get_stats()["size"] <= limit

        assert cache.get_search_results("Movies", "59") is not None
        assert cache.get_search_results("Movies", "0") is None


def test_a_listing_that_alone_exceeds_the_limit_is_not_kept(tmp_path: Path) -> None:
    with PlexCache(tmp_path, size_limit=200_000) as cache:
        for n in range(30):
            cache.set_search_results("Movies", str(n), [ITEM])
        cache.set_library_items("Movies", [{**ITEM, "title": "x" * 300_000}])

        assert cache.get_stats()["size"] <= 200_000
        assert cache.get_library_items("Movies") is None


def test_a_full_match_cache_drops_what_was_stored_first_and_goes_on(tmp_path: Path) -> None:
    limit = 220_000
    with MatchCache(tmp_path, size_limit=limit) as cache:
        for page in range(10):
            pairs = [(f"/videos/{page}/{n}.mp4", f"{page}-{n}") for n in range(200)]
            cache.set_many("Movies", pairs)
            assert cache.get_stats()["size"] <= limit
        cache.set_match("Movies", "/last.mp4", "last")

        assert cache.get_match("Movies", "/last.mp4") == "last"
        assert cache.get_match("Movies", "/videos/9/199.mp4") == "9-199"
        assert cache.get_match("Movies", "/videos/0/0.mp4") is None
        assert cache.get_stats()["count"] > 200


def test_a_match_cache_without_any_room_keeps_nothing_and_fails_nobody(tmp_path: Path) -> None:
    with MatchCache(tmp_path, size_limit=1) as cache:
        cache.set_many("Movies", [(f"/{n}", "1") for n in range(50)])

        assert cache.get_match("Movies", "/1") is None
        assert cache.get_stats()["count"] == 0


def test_rows_in_another_spelling_do_not_keep_a_full_match_cache_full(tmp_path: Path) -> None:
    """A key of another compression is read but not found again, so it cannot be dropped alone."""
    with diskcache.Cache(str(tmp_path / "match_cache"), disk=diskcache.JSONDisk) as plain:
        for n in range(2000):
            plain.set(f"match:Movies:/videos/of/another/version/{n}.mp4", str(n))

    with MatchCache(tmp_path, size_limit=100_000) as cache:
        cache.set_match("Movies", "/a", "1")

        assert cache.get_stats()["size"] <= 100_000


# Damage


def garbage(folder: Path) -> None:
    (folder / "cache.db").write_bytes(b"\xde\xad" * 5000)


def truncated(folder: Path) -> None:
    database = folder / "cache.db"
    database.write_bytes(database.read_bytes()[:700])


def cut_in_the_middle(folder: Path) -> None:
    database = folder / "cache.db"
    database.write_bytes(database.read_bytes()[:8192])


def a_bad_page(folder: Path) -> None:
    """The schema can still be read."""
    database = folder / "cache.db"
    [[page]] = rows(database, "SELECT rootpage FROM sqlite_master WHERE name = 'Cache_key_raw'")
    assert isinstance(page, int)
    with database.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xde\xad" * 2048)


def a_folder_instead(folder: Path) -> None:
    (folder / "cache.db").unlink()
    (folder / "cache.db" / "inside").mkdir(parents=True)


def a_folder_instead_of_the_log(folder: Path) -> None:
    (folder / "cache.db-wal").mkdir()


def a_table_is_missing(folder: Path) -> None:
    rows(folder / "cache.db", "DROP TABLE Cache")


def the_settings_are_missing(folder: Path) -> None:
    rows(folder / "cache.db", "DROP TABLE Settings")


def another_schema(folder: Path) -> None:
    rows(folder / "cache.db", "ALTER TABLE Cache RENAME COLUMN value TO worth")


def a_file_instead_of_the_folder(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("not a folder")


def a_setting_of_another_version(folder: Path) -> None:
    rows(folder / "cache.db", "INSERT INTO Settings VALUES ('disk_unheard_of', 1)")


DAMAGE = [
    garbage,
    truncated,
    cut_in_the_middle,
    a_bad_page,
    a_folder_instead,
    a_folder_instead_of_the_log,
    a_table_is_missing,
    the_settings_are_missing,
    another_schema,
    a_file_instead_of_the_folder,
]


@pytest.mark.parametrize("damage", [*DAMAGE, a_setting_of_another_version])
def test_a_damaged_cache_is_rebuilt_with_one_warning(
    damage: Callable[[Path], None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with MatchCache(tmp_path) as cache:
        cache.set_many("Movies", [(f"/{n}", "1") for n in range(500)])
    damage(tmp_path / "match_cache")

    with MatchCache(tmp_path) as cache:
        cache.get_match("Movies", "/1")
        cache.set_match("Movies", "/a", "2")
        cache.get_many("Movies", [f"/{n}" for n in range(500)])
        assert cache.get_stats()["size"] > 0
        cache.set_match("Movies", "/b", "3")
        assert cache.get_match("Movies", "/b") == "3"

    [warning] = warnings(caplog)
    assert "match_cache" in warning
    caplog.clear()
    with MatchCache(tmp_path) as cache:
        assert cache.get_match("Movies", "/b") == "3"
    assert warnings(caplog) == []


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be replaced there")
def test_damage_found_during_use_is_a_miss_and_the_cache_goes_on(
    damage: Callable[[Path], None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with PlexCache(tmp_path) as cache:
        cache.set_library_items("Movies", [ITEM])
        cache.close()  # the next use opens the file again, as after a fork or in a new thread
        damage(tmp_path / "cache")

        assert cache.get_library_items("Movies") in (None, [ITEM])
        cache.set_library_items("Shows", [ITEM])
        cache.set_library_items("Shows", [ITEM])
        assert cache.get_library_items("Shows") == [ITEM]

    assert len(warnings(caplog)) == 1


def test_a_database_emptied_during_use_is_rebuilt(
    tmp_path: Path, matches: MatchCache, caplog: pytest.LogCaptureFixture
) -> None:
    """No page is reread for it: the open connection itself finds its tables gone."""
    matches.set_match("Movies", "/a", "1")
    for table in ("Cache", "Settings"):
        rows(tmp_path / "match_cache/cache.db", f"DROP TABLE {table}")

    assert matches.get_match("Movies", "/a") is None
    matches.set_match("Movies", "/a", "2")

    assert matches.get_match("Movies", "/a") == "2"
    assert len(warnings(caplog)) == 1


def test_only_what_diskcache_made_is_thrown_away(tmp_path: Path) -> None:
    with MatchCache(tmp_path):
        pass
    (tmp_path / "match_cache" / "note.txt").write_text("a person's")
    garbage(tmp_path / "match_cache")

    with MatchCache(tmp_path):
        assert (tmp_path / "match_cache" / "note.txt").read_text() == "a person's"


class Bomb:
    """Unpickling it leaves a trace."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self._trace,)


@pytest.mark.parametrize("where", ["value", "value in a file", "key"])
def test_a_pickle_is_never_loaded(
    where: str, tmp_path: Path, matches: MatchCache, caplog: pytest.LogCaptureFixture
) -> None:
    trace = tmp_path / "exploded"
    bomb = pickle.dumps(Bomb(trace))
    database = tmp_path / "match_cache/cache.db"
    matches.set_match("Movies", "/a", "1")
    if where == "value":
        rows(database, "UPDATE Cache SET mode = 4, value = ?", bomb)
    elif where == "key":
        rows(database, "UPDATE Cache SET raw = 0, key = ?", bomb)
    else:
        (tmp_path / "match_cache/bomb.val").write_bytes(bomb)
        rows(database, "UPDATE Cache SET mode = 4, value = NULL, filename = 'bomb.val'")

    assert matches.get_match("Movies", "/a") is None
    with MatchCache(tmp_path, size_limit=1) as small:  # dropping the oldest reads their keys
        small.set_match("Movies", "/b", "2")

    assert not trace.exists()
    assert len(warnings(caplog)) == 1


@pytest.mark.parametrize(
    "value", [b"no zlib", "text", b"\x78\x01\x03\x00\x00\x00\x00\x01", 7, b"", None]
)
def test_a_value_that_is_no_json_is_a_miss(
    value: object, tmp_path: Path, listings: PlexCache, caplog: pytest.LogCaptureFixture
) -> None:
    listings.set_library_items("Movies", [ITEM])
    rows(tmp_path / "cache/cache.db", "UPDATE Cache SET value = ?", value)

    assert listings.get_library_items("Movies") is None
    listings.set_library_items("Movies", [ITEM])

    assert listings.get_library_items("Movies") == [ITEM]
    assert len(warnings(caplog)) == 1


@pytest.mark.parametrize("value", [7, "text", [7], [{"key": "1"}], [{**ITEM, "file_paths": "/a"}]])
def test_a_value_of_another_shape_is_a_miss(
    value: object, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with diskcache.Cache(
        str(tmp_path / "cache"), disk=diskcache.JSONDisk, disk_compress_level=0
    ) as plain:
        plain.set("all:Movies", value)
    with diskcache.Cache(
        str(tmp_path / "match_cache"), disk=diskcache.JSONDisk, disk_compress_level=0
    ) as plain:
        plain.set("match:Movies:/a", [value])

    with PlexCache(tmp_path) as cache, MatchCache(tmp_path) as matches:
        assert cache.get_library_items("Movies") is None
        assert matches.get_match("Movies", "/a") is None
    assert len(warnings(caplog)) == 2


def test_a_lost_value_file_is_a_miss(tmp_path: Path, listings: PlexCache) -> None:
    listings.set_library_items("Movies", [{**ITEM, "title": "x" * 100_000}])
    [file] = (tmp_path / "cache").glob("*/*/*.val")
    file.unlink()

    assert listings.get_library_items("Movies") is None


# Trouble that is no damage


def test_a_locked_file_costs_a_miss_and_one_warning_but_no_data(
    tmp_path: Path,
    matches: MatchCache,
    caplog: pytest.LogCaptureFixture,
) -> None:
    matches.set_match("Movies", "/a", "1")
    with MatchCache(tmp_path, lock_seconds=0.01) as impatient:
        with closing(sqlite3.connect(tmp_path / "match_cache/cache.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            impatient.set_match("Movies", "/b", "2")
            impatient.set_match("Movies", "/c", "3")
            impatient.invalidate("Movies", "/a")
            impatient.clear()
            other.execute("ROLLBACK")

        assert len(warnings(caplog)) == 1
        assert impatient.get_match("Movies", "/a") == "1"
        impatient.set_match("Movies", "/b", "2")
        assert impatient.get_match("Movies", "/b") == "2"
    assert len(warnings(caplog)) == 1


def test_a_full_disk_costs_a_warning_and_no_data(
    tmp_path: Path, listings: PlexCache, caplog: pytest.LogCaptureFixture
) -> None:
    """SQLite's own limit stands in for the disk's."""
    listings.set_library_items("Movies", [ITEM])
    database = tmp_path / "cache/cache.db"
    rows(
        database,
        "CREATE TRIGGER full BEFORE INSERT ON Cache BEGIN"
        " SELECT RAISE(ABORT, 'database or disk is full'); END",
    )

    listings.set_library_items("Shows", [ITEM])
    listings.set_library_items("Shows", [ITEM])

    assert listings.get_library_items("Shows") is None
    assert listings.get_library_items("Movies") == [ITEM]
    assert len(warnings(caplog)) == 1


def test_where_no_cache_can_be_made_everything_is_a_miss(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "data"
    blocked.write_text("a file where the data folder should be")

    with MatchCache(blocked) as matches, PlexCache(blocked) as listings:
        matches.set_match("Movies", "/a", "1")
        matches.invalidate_library("Movies")
        matches.clear()
        assert matches.get_match("Movies", "/a") is None
        assert listings.get_library_items("Movies") is None
        assert listings.get_stats() == {
            "hits": 0,
            "misses": 1,
            "hit_rate": 0.0,
            "size": 0,
            "count": 0,
        }

    assert len(warnings(caplog)) == 2
    assert blocked.read_text() == "a file where the data folder should be"


def test_a_variable_in_the_folders_name_leads_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """diskcache expands variables; each cache has one path."""
    monkeypatch.setenv("PLEXSYNC_TEST", "elsewhere")

    with MatchCache(tmp_path / "$PLEXSYNC_TEST") as matches:
        matches.set_match("Movies", "/a", "1")

    assert not (tmp_path / "elsewhere").exists()
    assert len(warnings(caplog)) == 1


@WITH_MODES
def test_nobody_else_can_read_the_files(
    tmp_path: Path, listings: PlexCache, matches: MatchCache
) -> None:
    listings.set_library_items("Movies", [{**ITEM, "title": "x" * 100_000}])
    matches.set_match("Movies", "/a", "1")

    folders = [tmp_path / "cache", tmp_path / "match_cache"]
    paths = [*folders, *(path for folder in folders for path in folder.rglob("*"))]
    assert any(path.suffix == ".val" for path in paths)
    assert any(path.name == "cache.db-wal" for path in paths)
    for path in paths:
        rights = stat.S_IMODE(path.stat().st_mode)
        assert rights == (0o700 if path.is_dir() else 0o600), path


def test_no_warning_holds_a_path(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with MatchCache(tmp_path):
        pass
    garbage(tmp_path / "match_cache")

    with MatchCache(tmp_path):
        pass

    [warning] = warnings(caplog)
    assert str(tmp_path) not in warning
