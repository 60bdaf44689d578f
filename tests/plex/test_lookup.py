"""Finding items that no cache knows: how many requests it takes, and that nothing is missed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.plexserver.server import PlexServer
from demo.plexserver.wire import LoggedRequest
from errors import PlexAwayError, ServerChangedError
from plex.cache import MatchCache
from plex.client import PlexClient
from plex.finder import Finder, Wanted
from plex.survey import files_with_names

FOLDER = "/media/plex"


class Side:
    """A server with one library, and a finder on it."""

    def __init__(self, plex: PlexServer, data: Path) -> None:
        self.plex = plex
        self.section = plex.store.add_section("Videos", locations=(FOLDER,))
        self.cache = MatchCache(data)
        self.client = PlexClient(plex.url, plex.token, identifier="test")
        self.finder = self.new_finder()

    def new_finder(self) -> Finder:
        sections = [one for one in self.client.sections() if one.key == self.section]
        machine = self.client.machine_identifier()
        self.plex.requests.clear()
        return Finder(self.client, machine=machine, sections=sections, match_cache=self.cache)

    def add(self, name: str) -> int:
        return self.plex.store.add_item(self.section, [f"{FOLDER}/{name}"])

    def find(self, *names: str, fresh: bool = True) -> list[tuple[int, ...]]:
        """The keys of the items for some files; several are candidates that cannot be told."""
        wanted = {
            index: Wanted(paths=(f"{FOLDER}/{name}",), is_fresh=fresh)
            for index, name in enumerate(names)
        }
        found = self.finder.find(wanted)
        return [
            tuple(item.rating_key for item in (*found[i].items, *found[i].candidates))
            for i in wanted
        ]

    def kinds(self) -> list[str]:
        """What was asked since the last look."""
        kinds = [str(one.kind) for one in self.plex.requests]
        self.plex.requests.clear()
        return kinds


@pytest.fixture
def side(tmp_path: Path) -> Iterator[Side]:
    plex = PlexServer()
    plex.start()
    one = Side(plex, tmp_path)
    yield one
    one.client.close()
    one.cache.close()
    plex.stop()


NAMES = (
    "a, b.mp4",
    ",,.mp4",
    'it\'s "so".mp4',
    "R&B 100%.mp4",
    "#1 [x] (y) {z}.mp4",
    "50% off; a=b?c+d.mp4",
    "\N{GRINNING FACE} e\N{COMBINING ACUTE ACCENT}.mp4",
    "x" * 200 + ".mp4",
)


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_found_by_one_look_up(side: Side, name: str) -> None:
    key = side.add(name)
    side.add("other.mp4")
    assert side.find(name) == [(key,)]
    spellings = {unicodedata.normalize(form, name) for form in ("NFC", "NFD")} | {name}
    assert side.kinds() == [*["lookup"] * len(spellings), "metadata"]


@pytest.mark.parametrize("is_composed", [True, False])
def test_another_spelling_of_an_accent_is_found(side: Side, is_composed: bool) -> None:
    forms = [unicodedata.normalize("NFC", "Café.mp4"), unicodedata.normalize("NFD", "Café.mp4")]
    ours, theirs = forms if is_composed else reversed(forms)
    key = side.add(theirs)
    assert side.find(ours) == [(key,)]


def test_a_spelling_that_is_neither_is_found_by_the_listing(side: Side) -> None:
    mixed = "caf\N{LATIN SMALL LETTER E WITH ACUTE} e\N{COMBINING ACUTE ACCENT}.mp4"
    key = side.add(mixed)
    assert side.find(unicodedata.normalize("NFC", mixed)) == [(key,)]


def test_what_was_found_once_costs_the_batchs_own_read_alone(side: Side) -> None:
    key = side.add("a.mp4")
    side.find("a.mp4")
    side.kinds()
    assert side.find("a.mp4") == [(key,)]
    assert side.kinds() == ["metadata"]


def test_many_unknown_files_cost_one_listing_that_serves_the_rest(side: Side) -> None:
    keys = [side.add(f"{n}.mp4") for n in range(30)]
    first = [f"{n}.mp4" for n in range(15)]
    assert side.find(*first, fresh=False) == [(key,) for key in keys[:15]]
    assert side.kinds() == ["listing", "metadata"]
    assert side.find(*(f"{n}.mp4" for n in range(15, 30))) == [(key,) for key in keys[15:]]
    assert side.kinds() == ["metadata"]


def test_what_a_person_edited_is_not_worth_the_listing_of_a_large_library(side: Side) -> None:
    keys = [side.add(f"{n:06}.mp4") for n in range(12_100)]
    assert side.find(*(f"{n:06}.mp4" for n in range(10))) == [(key,) for key in keys[:10]]
    assert side.kinds() == ["listing", *["lookup"] * 10, "metadata"]
    side.find(*(f"{n:06}.mp4" for n in range(10, 20)))
    assert side.kinds() == [*["listing"] * 13, "metadata"]


def test_after_a_listing_only_what_changed_is_asked_for(side: Side) -> None:
    for n in range(30):
        side.add(f"{n}.mp4")
    side.find(*(f"{n}.mp4" for n in range(15)))
    side.kinds()
    new = [side.add(f"new {n}.mp4") for n in range(10)]

    assert side.find(*(f"new {n}.mp4" for n in range(10))) == [(key,) for key in new]
    asked = [dict(one.query) for one in side.plex.requests if one.kind == "listing"]
    assert [[name for name in one if ">>" in name] for one in asked] == [
        ["addedAt>>"],
        ["updatedAt>>"],
    ]


def test_a_listing_is_believed_for_a_while_about_what_nobody_waits_for(side: Side) -> None:
    side.add("a.mp4")
    side.find(*(f"{n}.mp4" for n in range(15)))
    side.kinds()
    assert side.find("absent.mp4", fresh=False) == [()]
    assert side.kinds() == []

    key = side.add("late.mp4")
    assert side.find("late.mp4", fresh=True) == [(key,)]


def test_a_server_that_ignores_the_filter_by_file_is_recognised_once(side: Side) -> None:
    side.plex.quirks.honours_file_filter = False
    keys = [side.add(f"{n}.mp4") for n in range(80)]
    assert side.find("7.mp4") == [(keys[7],)]
    assert side.kinds() == ["lookup", "lookup", "listing", "metadata"]
    side.cache.clear()
    assert side.find("8.mp4") == [(keys[8],)]
    assert "lookup" not in side.kinds()


def test_a_name_that_many_files_have_does_not_make_the_filter_unknown(side: Side) -> None:
    keys = [side.add(f"{n}/scene.mp4") for n in range(60)]
    assert side.find("7/scene.mp4") == [(keys[7],)]
    side.kinds()
    side.add("rare.mp4")
    side.find("rare.mp4")
    assert side.kinds()[0] == "lookup"


def test_a_cache_does_not_hide_that_two_items_hold_one_file(side: Side) -> None:
    first, second = side.add("twice.mp4"), side.add("twice.mp4")
    for n in range(20):
        side.add(f"{n}.mp4")
    side.find(*(f"{n}.mp4" for n in range(20)))
    side.kinds()

    assert side.find("twice.mp4") == [(first, second)]
    assert side.kinds() == ["metadata"]
    side.plex.store.remove_item(first)
    assert side.find("twice.mp4") == [(second,)]
    side.kinds()
    assert side.find("twice.mp4") == [(second,)]
    assert side.kinds() == ["metadata"]


def test_a_double_that_came_back_under_another_key_is_not_taken_for_gone(side: Side) -> None:
    first, second = side.add("twice.mp4"), side.add("twice.mp4")
    side.find("twice.mp4")
    third = side.plex.store.move_item_to_new_key(first)
    assert side.find("twice.mp4") == [(second, third)]


def test_another_items_key_does_not_decide_for_a_primary_file_that_moved(side: Side) -> None:
    first, second = side.add("a.mp4"), side.add("b.mp4")
    wanted = {1: Wanted(paths=(f"{FOLDER}/a.mp4", f"{FOLDER}/b.mp4"))}
    assert [one.rating_key for one in side.finder.find(wanted)[1].items] == [first]
    third = side.plex.store.move_item_to_new_key(first)
    assert [one.rating_key for one in side.finder.find(wanted)[1].items] == [third] != [second]


def test_the_absence_of_a_case_twin_forgets_nothing(side: Side) -> None:
    key = side.add("a.mp4")
    side.find("a.mp4", *(f"{n}.mp4" for n in range(20)))
    assert side.find("A.MP4") == [()]
    assert side.find("a.mp4", fresh=False) == [(key,)]


def test_a_further_file_is_found_where_the_primary_is_not_in_plex(side: Side) -> None:
    side.plex.quirks.honours_file_filter = False
    for n in range(60):
        side.add(f"{n}.mp4")
    key = side.add("b.mp4")
    side.find(*(f"{n}.mp4" for n in range(20)))
    wanted = {1: Wanted(paths=(f"{FOLDER}/a.mp4", f"{FOLDER}/b.mp4"))}
    assert [one.rating_key for one in side.finder.find(wanted)[1].items] == [key]


def test_a_name_too_long_for_a_request_line_is_asked_for_by_its_beginning(side: Side) -> None:
    side.plex.quirks.line_limit_bytes = 4096
    name = "각" * 196 + ".mp4"
    key = side.add(unicodedata.normalize("NFD", name))
    assert side.find(name) == [(key,)]


def test_paths_that_differ_in_case_alone_are_told_apart_by_the_cache_too(side: Side) -> None:
    upper, lower = side.add("Scene.mp4"), side.add("scene.mp4")
    for n in range(20):
        side.add(f"{n}.mp4")
    side.find(*(f"{n}.mp4" for n in range(20)))
    side.kinds()
    assert side.find("Scene.mp4", "scene.mp4") == [(upper,), (lower,)]
    assert side.kinds() == ["metadata"]


def test_two_scenes_with_one_file_are_both_answered(side: Side) -> None:
    key = side.add("a.mp4")
    absent = [f"{n}.mp4" for n in range(10)]
    assert side.find("a.mp4", "a.mp4", *absent)[:2] == [(key,), (key,)]


def test_the_primary_file_decides_with_a_cache_that_knows_the_other_alone(side: Side) -> None:
    first, second = side.add("first.mp4"), side.add("second.mp4")
    side.find("second.mp4")
    paths = (f"{FOLDER}/first.mp4", f"{FOLDER}/second.mp4")
    [item] = side.finder.find({1: Wanted(paths=paths)})[1].items
    assert item.rating_key == first != second


@pytest.mark.parametrize("wrong", ["999999", "no key", "", "1,x,2"])
def test_a_poisoned_cache_costs_a_look_up_and_no_more(side: Side, wrong: str) -> None:
    other = side.add("other.mp4")
    key = side.add("right.mp4")
    for poison in (wrong, str(other)):
        name = f"{side.plex.store.machine_identifier}/{side.section}"
        side.cache.set_match(name, f"{FOLDER}/right.mp4", poison)
        assert side.find("right.mp4") == [(key,)]


def test_a_file_that_moved_to_another_item_is_found_in_the_same_call(side: Side) -> None:
    key = side.add("a.mp4")
    side.find("a.mp4")
    new = side.plex.store.move_item_to_new_key(key)
    assert side.find("a.mp4") == [(new,)]


def test_another_server_at_the_same_address_is_noticed(side: Side) -> None:
    key = side.add("a.mp4")
    side.find("a.mp4")
    side.plex.store.set_machine_identifier("another")
    side.plex.store.remove_item(key)
    with pytest.raises(ServerChangedError):
        side.find("a.mp4")


def test_a_library_that_is_gone_is_no_answer(side: Side) -> None:
    side.plex.store.section(side.section).uuid = "another"  # type: ignore[union-attr]
    side.add("a.mp4")
    with pytest.raises(ServerChangedError):
        side.find("a.mp4")


def test_names_are_looked_up_many_at_a_time(side: Side) -> None:
    for n in range(300):
        side.add(f"scene number {n}.mp4")
    files = [f"/data/scene number {n}.mp4" for n in range(400)]
    found = files_with_names(side.finder.lookup, side.finder.sections, files, enough=20)

    assert f"{FOLDER}/scene number 7.mp4" in found
    assert len(found) >= 100
    assert set(kinds := side.kinds()) == {"lookup"}
    assert len(kinds) <= 5


def test_a_server_without_the_filter_is_listed_for_names(side: Side) -> None:
    side.plex.quirks.honours_file_filter = False
    for n in range(2100):
        side.add(f"scene number {n}.mp4")
    files = [f"/data/scene number {n}.mp4" for n in range(50)]
    found = files_with_names(side.finder.lookup, side.finder.sections, files, enough=20)

    assert sorted(found) == sorted(f"{FOLDER}/scene number {n}.mp4" for n in range(50))
    assert side.kinds() == ["lookup", "listing", "listing", "listing"]


def test_a_server_that_refuses_a_question_for_many_names_is_listed(side: Side) -> None:
    for n in range(30):
        side.add(f"scene number {n}.mp4")
    side.plex.faults.set("status:400", paths="file=")
    files = [f"/data/scene number {n}.mp4" for n in range(30)]
    found = files_with_names(side.finder.lookup, side.finder.sections, files, enough=20)
    assert len(found) == 30
    assert side.kinds() == ["lookup", "listing"]


def test_names_are_not_listed_by_a_server_that_is_away(side: Side) -> None:
    """What it does not answer says nothing of the names."""
    side.add("scene.mp4")
    side.plex.faults.set("status:503")
    with pytest.raises(PlexAwayError):
        files_with_names(side.finder.lookup, side.finder.sections, ["/data/scene.mp4"], enough=1)
    assert "listing" not in side.kinds()


def test_a_third_spelling_is_told_from_two_others(side: Side) -> None:
    plain = "éé.mp4"
    first = side.add(unicodedata.normalize("NFC", plain))
    second = side.add(unicodedata.normalize("NFD", plain))
    mixed = "\N{LATIN SMALL LETTER E WITH ACUTE}e\N{COMBINING ACUTE ACCENT}.mp4"
    assert side.find(mixed) == [(first, second)]


def test_a_primary_file_of_odd_spelling_is_not_passed_over_for_another(side: Side) -> None:
    mixed = "\N{LATIN SMALL LETTER E WITH ACUTE}e\N{COMBINING ACUTE ACCENT}.mp4"
    first = side.add(mixed)
    side.add("q.mp4")
    paths = (f"{FOLDER}/{unicodedata.normalize('NFC', mixed)}", f"{FOLDER}/q.mp4")
    assert [one.rating_key for one in side.finder.find({1: Wanted(paths=paths)})[1].items] == [
        first
    ]


def test_items_that_are_gone_cost_no_listing_for_each_batch(side: Side) -> None:
    names = [f"{n:04}.mp4" for n in range(60)]
    keys = [side.add(name) for name in names]
    side.find(*names, fresh=False)
    for key in keys:
        side.plex.store.remove_item(key)
    side.kinds()
    for start in range(0, 60, 20):
        side.find(*names[start : start + 20], fresh=False)
    whole = [one for one in side.plex.requests if one.kind == "listing" and not _since(one)]
    assert whole == []


def test_a_further_file_that_changed_its_key_is_found_by_what_changed(side: Side) -> None:
    side.find(*(f"{n}.mp4" for n in range(20)))
    first, second = side.add("q.mp4"), side.add("r.mp4")
    side.find("q.mp4", "r.mp4")
    paths = tuple(f"{FOLDER}/{name}" for name in ("p.mp4", "q.mp4", "r.mp4"))
    wanted = {1: Wanted(paths=paths, is_fresh=False)}
    assert {one.rating_key for one in side.finder.find(wanted)[1].candidates} == {first, second}
    third = side.plex.store.move_item_to_new_key(second)
    assert {one.rating_key for one in side.finder.find(wanted)[1].candidates} == {first, third}


def _since(request: LoggedRequest) -> bool:
    return any(">>" in name for name, _ in request.query)
