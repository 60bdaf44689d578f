"""Plex's recorded answers, read; and what is no answer, refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import UnreadableAnswerError
from plex import answers
from plex.item import Tag
from tests.fixtures_folder import shared_fixtures

RECORDED = shared_fixtures() / "plex"
ITEMS = [
    *sorted((RECORDED / "plex-api-rs").glob("metadata_*.json")),
    RECORDED / "ha/media_1.xml",
]
LISTINGS = [
    RECORDED / "mpg/all_type1_file_hit.xml",
    RECORDED / "mpg/all_type1_file_miss.xml",
    RECORDED / "ha/library_movies_size.xml",
    RECORDED / "ha/library_tvshows_size_episodes.xml",
    RECORDED / "plex-api-rs/movie_library.json",
    RECORDED / "plex-api-rs/tv_episodes.json",
]
NO_CONTAINERS = sorted((RECORDED / "errors").glob("*"))


@pytest.mark.parametrize("path", ITEMS, ids=lambda path: path.name)
def test_every_recorded_item_is_read(path: Path) -> None:
    assert all(item.rating_key > 0 for item in answers.read_items(path.read_bytes()))


def test_a_recorded_item_has_all_its_tags() -> None:
    [item] = answers.read_items((RECORDED / "plex-api-rs/metadata_108.json").read_bytes())
    assert item.rating_key == 108
    assert item.scalars["title"] == "Interstate 60"
    assert [tag.tag for tag in item.tags["genre"]] == ["Adventure", "Comedy", "Drama", "Fantasy"]
    assert len(item.tags["actor"]) == 22
    assert item.tags["actor"][0] == Tag(
        "James Marsden",
        "Neal Oliver",
        "http://image.tmdb.org/t/p/original/tJK1PbhcJj5cBNqnuFKHtAFPQKz.jpg",
    )
    assert item.files == ("/data/Movies/Interstate 60 (2002).mkv",)
    assert item.section_uuid == "cebcb7e3-5031-436b-906a-3640d878ba2c"


def test_an_item_with_two_versions_and_two_parts_has_three_files() -> None:
    [item] = answers.read_items((RECORDED / "plex-api-rs/metadata_159637.json").read_bytes())
    assert len(item.files) == 3


def test_the_locks_of_a_recorded_show_are_read() -> None:
    [show] = answers.read_items(
        (RECORDED / "go-plex-client/metadata_show_walking_dead.xml").read_bytes()
    )
    assert "label" in show.locked
    assert show.tags["label"]


@pytest.mark.parametrize("path", LISTINGS, ids=lambda path: path.name)
def test_every_recorded_listing_is_read_alike_in_one_piece_and_in_many(path: Path) -> None:
    body = path.read_bytes()
    whole = answers.read_page([body])
    assert whole == answers.read_page([body[i : i + 7] for i in range(0, len(body), 7)])


def test_a_recorded_hit_names_key_title_and_file() -> None:
    page = answers.read_page([(RECORDED / "mpg/all_type1_file_hit.xml").read_bytes()])
    assert (page.size, page.total) == (1, 1)
    assert page.items == (
        answers.ListedItem(
            rating_key=1,
            title="Test Movie: G-BOAF",
            files=("/media/Movies/Test Movie H264 (2024)/Test Movie H264 (2024).mkv",),
        ),
    )


def test_a_count_without_items_has_a_total() -> None:
    page = answers.read_page([(RECORDED / "ha/library_tvshows_size_episodes.xml").read_bytes()])
    assert (page.items, page.total) == ((), 10)


def test_recorded_sections_are_read() -> None:
    movies, shows, music = answers.read_sections(
        (RECORDED / "ha/library_sections.xml").read_bytes()
    )
    assert (movies.key, movies.type, movies.title) == (1, "movie", "Movies")
    assert movies.uuid == "41a28495-035e-46b0-ac84-878f096614da"
    assert movies.locations == ("/storage/movies",)
    assert movies.content_changed_at == "116893155"
    assert (shows.type, music.type) == ("show", "artist")


def test_the_server_names_itself() -> None:
    assert answers.read_machine_identifier((RECORDED / "mpg/root.xml").read_bytes())
    assert answers.read_machine_identifier((RECORDED / "mpg/root.json").read_bytes())


@pytest.mark.parametrize("path", NO_CONTAINERS, ids=lambda path: path.name)
def test_a_recorded_error_is_never_read_as_an_empty_answer(path: Path) -> None:
    body = path.read_bytes()
    for read in (answers.read_items, answers.read_sections, answers.read_pictures):
        with pytest.raises(UnreadableAnswerError):
            read(body)
    with pytest.raises(UnreadableAnswerError):
        answers.read_page([body])


@pytest.mark.parametrize("path", [*ITEMS, *LISTINGS], ids=lambda path: path.name)
def test_an_answer_that_is_cut_anywhere_is_never_read_as_a_shorter_one(path: Path) -> None:
    body = path.read_bytes().rstrip()
    for end in range(0, len(body), max(1, len(body) // 40)):
        with pytest.raises(UnreadableAnswerError):
            answers.parse(body[:end])
        with pytest.raises(UnreadableAnswerError):
            answers.read_page([body[:end]])


@given(st.binary(max_size=200))
def test_garbage_is_refused_with_our_own_error(body: bytes) -> None:
    for read in (answers.parse, lambda one: answers.read_page([one])):
        with pytest.raises(UnreadableAnswerError):
            read(body)


def test_a_billion_laughs_is_refused_unread() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><MediaContainer title1="&a;"/>'
    with pytest.raises(UnreadableAnswerError):
        answers.parse(bomb)
    with pytest.raises(UnreadableAnswerError):
        answers.read_page([bomb])


def test_control_characters_in_a_title_do_not_hide_the_item() -> None:
    body = (
        b'<MediaContainer librarySectionID="1"><Video ratingKey="7" type="movie" title="a\x0bb"/>'
        b"</MediaContainer>"
    )
    assert answers.read_items(body)[0].scalars["title"] == "ab"


def test_versions_that_plex_made_itself_are_no_files_of_the_item() -> None:
    body = (
        b'<MediaContainer size="1" librarySectionID="1"><Video ratingKey="7" type="movie">'
        b'<Media proxyType="42"><Part file="/optimised.mp4"/></Media>'
        b'<Media><Part file="/real.mp4"/></Media></Video></MediaContainer>'
    )
    assert answers.read_items(body)[0].files == ("/real.mp4",)
    assert answers.read_page([body]).items[0].files == ("/real.mp4",)
