"""Paths, mappings, settings and pictures of any kind: each works, or is refused with our words."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import NotConfiguredError, PlexSyncError
from mirror.normal import clean_text, full_date, normal_form, tag_key
from mirror.path_glob import parse_glob
from mirror.paths import PathMapping, check_mapping, is_within, parse_mappings
from mirror.template import parse_template
from plex import paths
from plex.client import PlexClient
from plex.edits import ListChange, edit_queries
from plex.item import Tag
from plex.pictures import is_picture
from plex.poster import can_pad, padded
from tests.fuzz.hostile import LEAVES, NASTY_TEXTS, TEXTS, anything
from worker.settings import SETTINGS, address_of, read_settings

SIDES = TEXTS | st.sampled_from(["/", "//", "\\", "C:", "C:\\", "/a", "/a/..", "a//b", "=>", ";"])
MEGABYTE = 1_000_000


@given(SIDES, SIDES, SIDES)
def test_any_texts_are_compared_and_exchanged_as_paths(path: str, old: str, new: str) -> None:
    assert paths.same_file(path, path)
    assert paths.comparable(paths.comparable(path)) == paths.comparable(path)
    exchanged = paths.exchange_prefix(path, old, new)
    assert (exchanged is None) == (not (old and new) or not is_within(path, old))
    paths.same_name(path, old)


@given(SIDES)
def test_a_way_up_in_a_path_stays_as_it_is_written(name: str) -> None:
    """Nothing is resolved, so no other file than one that Plex names so itself can be meant."""
    mapping = PathMapping([("/data/stash", "/media/plex")])
    assert mapping.to_plex(f"/data/other/{name}").startswith("/data/other/")
    below = mapping.to_plex(f"/data/stash/{name}")
    assert [one for one in below.split("/") if one == ".."] == [
        one for one in name.split("/") if one == ".."
    ]


@given(st.lists(SIDES, max_size=6).map("=>".join), st.lists(SIDES, max_size=3))
def test_a_mapping_of_any_text_is_read_or_complained_about(text: str, folders: list[str]) -> None:
    mapping, complaints = parse_mappings(text)
    said = [*complaints, *check_mapping(mapping, stash_folders=folders, plex_folders=folders)]
    assert all(isinstance(one, str) and one for one in said)
    for folder in folders:
        mapping.to_stash(mapping.to_plex(folder))


@given(
    st.dictionaries(
        st.sampled_from([one.key for one in SETTINGS]), LEAVES | anything(["a"]), max_size=8
    )
)
def test_settings_of_any_kind_are_read_and_what_is_wrong_is_said(stored: dict[str, object]) -> None:
    settings = read_settings(stored)
    assert all(isinstance(one, str) for one in settings.complaints)
    assert all("!" <= letter <= "~" for letter in settings.plex_token)


ADDRESSES = (
    *NASTY_TEXTS,
    *("http://", "http://:1", "http://[::1", "http://[zz]:1", "127.0.0.1:99999", "http://..:1"),
    *("http://" + "a" * 70 + ".b:1", "http://xn--:1", "http://127.0.0.1:1/p\xe4th", "ftp://x"),
    *("http://127.0.0.1:1/a b", "http://127.0.0.1:1/%00", "http://127.0.0.1:-1", "http://\ud800:1"),
    *("http://127.0.0.1:1\u2028", "http://\u2100:1", "http://127.1:1//", "http://127.0.0.1:1/\x01"),
)


@pytest.mark.parametrize("text", ADDRESSES, ids=range(len(ADDRESSES)))
def test_an_address_of_any_kind_is_refused_or_does_not_answer(text: str) -> None:
    try:
        url = address_of(text)
    except NotConfiguredError:
        return
    with pytest.raises(PlexSyncError), closing(client_of(url)) as client:
        client.identity()


def client_of(url: str) -> PlexClient:
    return PlexClient(url, "token", identifier="fuzz", patience=0.2)


@given(TEXTS, st.lists(TEXTS, max_size=4), st.lists(TEXTS, max_size=3))
def test_an_edit_of_any_texts_is_pure_ascii_and_one_line(
    title: str, tags: list[str], gone: list[str]
) -> None:
    lists = {"genre": ListChange(tuple(map(Tag, tags)), tuple(gone))}
    for query in edit_queries("movie", scalars={"title": title}, lists=lists, lock=["summary"]):
        assert all("!" <= letter <= "~" for letter in query)
        assert query.count("title.value=") <= 1


@given(TEXTS)
def test_any_text_has_a_normal_form(text: str) -> None:
    for name in ("title", "summary", "userRating", "originallyAvailableAt", "genre"):
        form = normal_form(name, text)
        assert normal_form(name, form) == form
    tag_key(text)
    full_date(text)
    for parse in (parse_template, parse_glob):
        _or_none(parse, text)


HEADS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x00\x00\x00\x00WEBP", b"")


@given(st.sampled_from(HEADS), st.binary(max_size=200))
def test_bytes_of_any_kind_become_a_poster_or_none(head: bytes, rest: bytes) -> None:
    is_picture(head + rest)
    made = padded(head + rest)
    assert made is None or is_picture(made)


@pytest.mark.skipif(not can_pad(), reason="needs Pillow")
def test_a_picture_of_a_hundred_million_points_is_not_decoded() -> None:
    image = pytest.importorskip("PIL.Image")
    small = BytesIO()
    image.new("1", (10_000, 10_000)).save(small, "PNG")
    started = time.process_time()
    assert padded(small.getvalue()) is None
    assert time.process_time() - started < 1.0


LONG: list[tuple[str, Callable[[str], object]]] = [
    ("paths", lambda text: paths.exchange_prefix(text, "/a", "/b")),
    ("names", paths.file_name),
    ("mapping", parse_mappings),
    ("cleaning", clean_text),
    ("normal form", lambda text: normal_form("summary", text)),
    (
        "settings",
        lambda text: read_settings({"pathMappings": text, "plexUrl": text, "filterPaths": text}),
    ),
    ("template", lambda text: _or_none(parse_template, text)),
    ("glob", lambda text: _or_none(parse_glob, text)),
    (
        "edit",
        lambda text: edit_queries("movie", scalars={"title": text}, lists={}, lock=()),
    ),
]


def _or_none(parse: Callable[[str], object], text: str) -> object:
    try:
        return parse(text)
    except ValueError:
        return None


@pytest.mark.parametrize("name", [name for name, _ in LONG])
@pytest.mark.parametrize(
    "letters", ["x", "/", "=>", "\\", "{", " ;", "*", "\N{PILE OF POO}", "\x01"]
)
def test_a_megabyte_of_text_costs_no_more_than_seconds(name: str, letters: str) -> None:
    text = letters * (MEGABYTE // len(letters))
    started = time.process_time()
    dict(LONG)[name](text)
    assert time.process_time() - started < 3.0
