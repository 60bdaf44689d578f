"""How an edit reaches Plex, whatever length of request the server takes."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, quote

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from demo.plexserver.items import Item
from demo.plexserver.server import PlexServer
from demo.plexserver.wire import LoggedRequest
from errors import PlexAwayError, RefusedEditError
from plex.client import PlexClient
from plex.edits import FieldEdit, ListChange
from plex.item import Tag
from plex.writer import Writer, Wrote
from tests.plex.edit_samples import Sample, Semantics, add_item, samples, shown

STATUSES = (400, 414, 431)
NO_SCALARS: Mapping[str, str] = {}
NO_LISTS: Mapping[str, ListChange] = {}


@pytest.fixture(scope="module")
def server() -> Iterator[PlexServer]:
    """One for the file; every test has its own item in it."""
    server = PlexServer()
    server.store.add_section("Videos", locations=("/media",))
    server.start()
    yield server
    server.stop()


class Plex:
    """One item on the server, and what a test asks of it."""

    def __init__(self, server: PlexServer) -> None:
        self.server = server
        self.client = PlexClient(server.url, server.token, identifier="test")
        self.key = server.store.add_item(1, ["/media/a.mp4"])
        self.writer = Writer(self.client)
        server.requests.clear()

    def write(
        self,
        *,
        scalars: Mapping[str, str] = NO_SCALARS,
        lists: Mapping[str, ListChange] = NO_LISTS,
        lock: tuple[str, ...] = (),
        unlock: tuple[str, ...] = (),
    ) -> Wrote:
        return self.writer.write(
            self.key, "movie", scalars=scalars, lists=lists, lock=lock, unlock=unlock
        )

    def item(self) -> Item:
        return self.server.store.item(self.key)

    def tags(self, name: str) -> list[str]:
        return [value.tag for value in self.item().tags.get(name, [])]

    @property
    def statuses(self) -> list[int | None]:
        return [one.status for one in self.server.requests]


@pytest.fixture
def plex(server: PlexServer) -> Iterator[Plex]:
    before = server.quirks
    plex = Plex(server)
    yield plex
    plex.client.close()
    server.faults.clear()
    server.semantics = "replace"
    before.line_limit_bytes, before.line_limit_status = 8192, 414


def line_bytes(request: LoggedRequest) -> int:
    return len(f"{request.method} {request.raw_target} HTTP/1.1")


def written_fields(requests: list[LoggedRequest]) -> list[str]:
    """The fields of the requests that were accepted, once for each time."""
    return sorted(
        key.removesuffix(".locked")
        for request in requests
        if request.status == 200
        for key, _ in request.query
        if key.endswith(".locked")
    )


# -- one request, or few ---------------------------------------------------------------------------


def test_an_edit_is_one_request_and_no_edit_is_none(plex: Plex) -> None:
    wrote = plex.write(
        scalars={"title": "T", "summary": "s" * 3000},
        lists={"genre": ListChange((Tag("A"), Tag("B")))},
        lock=("thumb",),
    )

    assert wrote == Wrote(cut={}, requests=1)
    assert plex.statuses == [200]
    assert plex.item().locked == {"title", "summary", "genre", "thumb"}
    assert plex.write() == Wrote(cut={}, requests=0)
    assert plex.statuses == [200]


def test_no_line_is_longer_than_seven_thousand_bytes(plex: Plex) -> None:
    many = ListChange(tuple(Tag(f"tag number {n}") for n in range(100)))

    plex.write(
        scalars={"title": "t" * 1000, "summary": "s" * 2000},
        lists={"genre": many, "collection": many},
    )

    assert plex.statuses == [200, 200, 200]
    assert max(map(line_bytes, plex.server.requests)) <= 7000


def test_an_edit_can_give_back_a_list_and_its_lock(plex: Plex) -> None:
    before = (Tag("Ann", "herself", "http://x/ann.jpg"), Tag("Bob"))
    plex.write(lists={"actor": ListChange(before)})
    plex.write(lists={"actor": ListChange((Tag("Bob", "the other"), Tag("Cy")), ("Ann",))})

    plex.write(lists={"actor": ListChange(before, ("Cy",))}, unlock=("actor",))

    [item] = plex.client.items([plex.key]).values()
    assert item.tags["actor"] == before
    assert item.locked == set()


def test_the_same_edit_reaches_every_item_that_is_named(plex: Plex) -> None:
    other = plex.server.store.add_item(1, ["/media/b.mp4"])
    fields = [FieldEdit(name="studio", value="S", locked=True)]

    third = plex.server.store.add_item(1, ["/media/c.mp4"])

    plex.writer.write_same(1, [plex.key, other], "movie", fields)

    shown = [plex.server.store.item(key).scalars.get("studio") for key in (plex.key, other, third)]
    assert shown == ["S", "S", None]
    assert len(plex.server.requests) == 1


@pytest.mark.parametrize("keys", [[], [0]])
def test_an_edit_for_no_item_is_never_sent(keys: list[int], plex: Plex) -> None:
    """In this form of the request a missing id means every item of a library."""
    with pytest.raises(ValueError, match="name the items"):
        plex.writer.write_same(1, keys, "movie", [FieldEdit(name="studio", value="S", locked=True)])

    assert plex.server.requests == []


# -- a server that takes less ----------------------------------------------------------------------


@pytest.mark.parametrize("status", STATUSES)
def test_a_refused_length_is_halved_and_remembered(status: int, plex: Plex) -> None:
    plex.server.quirks.line_limit_bytes, plex.server.quirks.line_limit_status = 4000, status
    long = {"title": "t" * 1500, "summary": "s" * 3000, "studio": "u" * 1500}

    first = plex.write(scalars=long)

    assert (plex.statuses, plex.writer.longest_bytes) == ([status, 200, 200], 3500)
    assert first == Wrote(cut={}, requests=3)
    plex.server.requests.clear()
    assert plex.write(scalars=long) == Wrote(cut={}, requests=2)
    assert plex.statuses == [200, 200]
    assert {name: plex.item().scalars[name] for name in long} == long


def test_what_was_accepted_is_not_sent_again(plex: Plex) -> None:
    plex.server.quirks.line_limit_bytes = 1000
    long = {name: name[0] * 400 for name in ("title", "summary", "studio", "tagline")}
    long |= {"contentRating": "XXX"}

    plex.write(scalars=long)

    assert plex.writer.longest_bytes == 875
    assert written_fields(plex.server.requests) == sorted(long)
    assert {name: plex.item().scalars[name] for name in long} == long


def test_the_limit_stays_above_what_every_server_takes(plex: Plex) -> None:
    plex.server.quirks.line_limit_bytes = 501
    long = {name: name[0] * 200 for name in ("title", "summary", "studio", "tagline")}

    assert plex.write(scalars=long).cut == {}

    assert plex.writer.longest_bytes == 500
    assert {name: plex.item().scalars[name] for name in long} == long


# -- a value that is too long by itself ------------------------------------------------------------


def test_a_long_value_goes_uncut_where_the_server_takes_it(plex: Plex) -> None:
    plex.server.quirks.line_limit_bytes = 30_000
    text = "ä" * 4000

    wrote = plex.write(scalars={"title": "T", "summary": text, "studio": "S"})

    assert wrote == Wrote(cut={}, requests=2)
    assert plex.item().scalars["summary"] == text
    assert [len(one.query) for one in plex.server.requests] == [5, 3]


@pytest.mark.parametrize("status", STATUSES)
def test_a_value_that_is_refused_in_full_is_cut_and_reported(
    status: int, plex: Plex, caplog: pytest.LogCaptureFixture
) -> None:
    plex.server.quirks.line_limit_status = status
    text = "Grüße, 日本 👍🏽! " * 1000

    with caplog.at_level(logging.WARNING):
        wrote = plex.write(scalars={"title": "T", "summary": text})

    [cut] = wrote.cut.values()
    assert text.startswith(cut)
    assert plex.item().scalars["summary"] == wrote.cut["summary"] == cut
    assert line_bytes(plex.server.requests[-1]) > 6900
    assert [one.levelname for one in caplog.records] == ["WARNING"]
    assert f"item {plex.key}: " in caplog.text
    assert "summary of 14000 characters" in caplog.text
    assert plex.writer.longest_bytes == 7000  # a line that was longer proves nothing about it


def test_no_more_than_half_of_what_would_have_passed_is_cut_off(plex: Plex) -> None:
    plex.server.quirks.line_limit_bytes = 30_000

    wrote = plex.write(scalars={"summary": "s" * 40_000})

    assert len(wrote.cut["summary"]) > 15_000
    assert plex.item().scalars["summary"] == wrote.cut["summary"]


def test_a_value_is_cut_again_until_it_is_taken(plex: Plex) -> None:
    plex.server.quirks.line_limit_bytes = 600

    wrote = plex.write(scalars={"summary": "s" * 20_000, "studio": "u" * 520})

    assert plex.writer.longest_bytes == 500
    assert 400 < len(wrote.cut["summary"]) <= 500
    assert plex.item().scalars["summary"] == wrote.cut["summary"]
    assert plex.item().scalars["studio"] == "u" * 520


@pytest.mark.parametrize("semantics", ["replace", "add"])
def test_a_list_that_is_refused_in_full_loses_its_last_values_and_says_which(
    semantics: Semantics, plex: Plex, caplog: pytest.LogCaptureFixture
) -> None:
    plex.server.semantics = semantics
    plex.write(lists={"genre": ListChange((Tag("Old"), Tag("Older")))})
    names = [f"tag, number {n}" for n in range(300)]

    with caplog.at_level(logging.DEBUG):
        wrote = plex.write(
            scalars={"title": "T"},
            lists={"genre": ListChange(tuple(map(Tag, names)), ("Old", "Older"))},
        )

    shown = plex.tags("genre")
    assert shown == names[: len(shown)]
    assert wrote.cut == {"genre": ", ".join(names[len(shown) :])}
    assert line_bytes(plex.server.requests[-1]) > 6900
    [warning] = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
    assert "list of genre" in warning
    assert "tag, number" not in warning
    assert "tag, number 299" in caplog.text


@pytest.mark.parametrize("semantics", ["replace", "add"])
def test_a_list_that_is_too_long_only_with_its_removals_loses_nothing(
    semantics: Semantics, plex: Plex
) -> None:
    plex.server.semantics = semantics
    old = [f"an old, long tag {n}" for n in range(400)]
    new = [f"new {n}" for n in range(100)]
    [item] = [plex.server.store.live(plex.key)]
    assert item
    plex.server.store.put_tags(item, "genre", [*old, "Kept"])

    wrote = plex.write(
        lists={"genre": ListChange(tuple(map(Tag, ["Kept", *new])), tuple(old))}, lock=("thumb",)
    )

    assert wrote.cut == {}
    assert plex.tags("genre") == ["Kept", *new]
    assert plex.item().locked == {"genre", "thumb"}


# -- what is not the length ------------------------------------------------------------------------


def test_a_bad_value_in_a_short_line_is_refused_at_once(plex: Plex) -> None:
    with pytest.raises(RefusedEditError) as refused:
        plex.write(scalars={"title": "T", "originallyAvailableAt": "tomorrow"})

    assert refused.value.status == 400
    assert plex.statuses == [400]


def test_a_bad_value_in_a_long_line_is_named_and_nothing_is_learned_from_it(
    plex: Plex, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(RefusedEditError) as refused, caplog.at_level(logging.INFO):
        plex.write(
            scalars={"title": "t" * 2000, "summary": "s" * 2000, "originallyAvailableAt": "soon"}
        )

    assert refused.value.status == 400
    assert plex.statuses[0] == plex.statuses[-1] == 400
    assert plex.item().scalars["title"] == "t" * 2000
    assert plex.item().scalars["summary"] == "s" * 2000
    assert plex.writer.longest_bytes == 7000
    assert f"item {plex.key}: Plex refused originallyAvailableAt" in caplog.text


@pytest.mark.parametrize(("limit", "status", "longest"), [(8192, 400, 7000), (2000, 414, 1750)])
def test_a_long_value_that_is_refused_however_short_stays_refused_as_it_was_first(
    limit: int, status: int, longest: int, plex: Plex
) -> None:
    plex.server.quirks.line_limit_bytes = limit
    with pytest.raises(RefusedEditError) as refused:
        plex.write(scalars={"title": "T", "originallyAvailableAt": "x" * 3000})

    assert refused.value.status == status
    assert plex.item().scalars["title"] == "T"
    assert "originallyAvailableAt" not in plex.item().scalars
    assert plex.writer.longest_bytes == longest


def test_a_list_is_never_emptied_because_its_first_value_is_refused(plex: Plex) -> None:
    plex.write(lists={"genre": ListChange((Tag("A"),))})
    plex.server.quirks.line_limit_bytes = 600

    with pytest.raises(RefusedEditError):
        plex.write(lists={"genre": ListChange((Tag("t" * 1000), Tag("B")))})

    assert plex.tags("genre") == ["A"]


@pytest.mark.parametrize("status", [413, 422])
def test_a_refusal_of_another_kind_is_no_matter_of_length(status: int, plex: Plex) -> None:
    plex.server.faults.set(f"status:{status}")

    with pytest.raises(RefusedEditError) as refused:
        plex.write(scalars={"summary": "s" * 3000})

    assert refused.value.status == status
    assert plex.statuses == [status]
    assert plex.writer.longest_bytes == 7000


def test_a_length_that_was_surely_refused_is_remembered_whatever_comes_after(plex: Plex) -> None:
    plex.server.faults.set("status:503", after=1)
    plex.server.quirks.line_limit_bytes = 4000

    with pytest.raises(PlexAwayError):
        plex.write(scalars={"title": "t" * 3000, "summary": "s" * 3000})

    assert plex.writer.longest_bytes == 3500


def test_a_server_that_is_away_is_no_matter_of_length(plex: Plex) -> None:
    plex.server.faults.set("status:503")

    with pytest.raises(PlexAwayError):
        plex.write(scalars={"summary": "s" * 9000})

    assert plex.statuses == [503]
    assert plex.writer.longest_bytes == 7000


# -- whatever the edit, whatever the server --------------------------------------------------------


@pytest.mark.parametrize("semantics", ["replace", "add"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    sample=samples(),
    limit=st.integers(2500, 9000),
    status=st.sampled_from(STATUSES),
    times=st.integers(1, 30),
)
def test_an_item_ends_with_what_was_asked_or_with_what_is_reported_as_cut(
    semantics: Semantics, plex: Plex, sample: Sample, limit: int, status: int, times: int
) -> None:
    server = plex.server
    server.semantics = semantics
    server.quirks.line_limit_bytes, server.quirks.line_limit_status = limit, status
    server.requests.clear()
    key = add_item(server.store, sample)
    long = {name: value * times for name, value in sample.scalars.items()}
    # A line above 64 kB is refused before the stand-in can count it.
    assume(all(len(quote(value)) < 60_000 for value in long.values()))
    asked = replace(sample, scalars=long)
    writer = Writer(plex.client)

    wrote = writer.write(
        key, "movie", scalars=long, lists=asked.lists, lock=asked.lock, unlock=asked.unlock
    )

    wanted = as_cut(asked, wrote.cut).wanted(semantics)
    assert shown(server.store.item(key), asked, semantics) == wanted
    assert wrote.requests == len(server.requests)
    for request in server.requests:
        fields = {name.partition(".")[0].partition("[")[0] for name, _ in request.query}
        assert line_bytes(request) <= 7000 or len(fields - {"type"}) == 1
    assert writer.longest_bytes in {7000, 3500, 1750}
    assert writer.longest_bytes == 7000 or limit < 7000


def as_cut(asked: Sample, cut: Mapping[str, str]) -> Sample:
    """The edit that was written in place of the one that was asked."""
    scalars, lists = dict(asked.scalars), dict(asked.lists)
    for name, text in cut.items():
        if name in scalars:
            assert 0 < len(text) < len(scalars[name])
            assert scalars[name].startswith(text)
            scalars[name] = text
        else:
            final = lists[name].final
            [kept] = [n for n in range(len(final)) if ", ".join(t.tag for t in final[n:]) == text]
            lists[name] = replace(lists[name], final=final[:kept])
    return replace(asked, scalars=scalars, lists=lists)


def test_a_query_says_what_it_edits_once(plex: Plex) -> None:
    """Of a parameter that is given twice Plex takes one: which, is not known."""
    names = tuple(Tag(f"a tag, number {n}") for n in range(200))
    plex.server.quirks.line_limit_bytes = 3000

    plex.write(lists={"genre": ListChange(names, ("x", "y")), "collection": ListChange(names[:9])})

    for request in plex.server.requests:
        values = [
            key
            for key, _ in parse_qsl(request.raw_target.partition("?")[2], keep_blank_values=True)
            if not key.endswith(".locked")
        ]
        assert len(values) == len(set(values))
