"""What an item should show, decided from the scene alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.desired import desired_item, normal_form, tag_key
from mirror.policy import Policy
from plex.item import SCALAR_FIELDS, Tag
from stash.scene import Named, Performer, Scene, Studio

PLAIN = Policy()
RATED = Policy(sync_ratings=True)


def test_a_scene_is_shown_in_plex_terms() -> None:
    scene = Scene(
        id=1,
        title=" A title ",
        details="One\r\ntwo\rthree\n",
        director="Ann Lee, Bob Roe",
        date="2024-05-17",
        rating100=85,
        files=("/films/x.mp4",),
        studio=Studio(id=3, name="Studio", parent=Named(id=4, name="Parent")),
        performers=(Performer(id=5, name="Zoe"), Performer(id=6, name="Amy")),
        tags=(Named(id=7, name="z"), Named(id=8, name="a")),
    )

    desired = desired_item(scene, RATED)

    assert desired.scalars == {
        "title": "A title",
        "summary": "One\ntwo\nthree",
        "studio": "Studio",
        "originallyAvailableAt": "2024-05-17",
        "userRating": "8.5",
    }
    assert desired.tags == {
        "genre": (Tag("z"), Tag("a")),
        "actor": (Tag("Zoe"), Tag("Amy")),
        "director": (Tag("Ann Lee, Bob Roe"),),
    }
    assert not desired.title_is_fallback


def test_what_stash_has_not_is_asked_for_as_empty() -> None:
    desired = desired_item(Scene(id=1, title="T"), RATED)

    assert desired.scalars == {
        "title": "T",
        "summary": "",
        "studio": "",
        "originallyAvailableAt": "",
        "userRating": "",
    }
    assert desired.tags == {"genre": (), "actor": (), "director": ()}


def test_ratings_are_not_spoken_for_unless_they_are_synced() -> None:
    assert "userRating" not in desired_item(Scene(id=1, rating100=80), PLAIN).scalars


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/films/A.film.2024.mp4", "A.film.2024"),
        (r"D:\films\A film.mp4", "A film"),
        (r"\\server\share\A film.mp4", "A film"),
        ("/a.b/film", "film"),
        ("/films/.hidden", ".hidden"),
        ("/films/ spaced .mkv", "spaced"),
        ("film.mp4", "film"),
    ],
)
def test_without_a_title_the_primary_file_gives_its_name(path: str, name: str) -> None:
    desired = desired_item(Scene(id=1, title="  ", files=(path, "/other.mp4")), PLAIN)

    assert desired.scalars["title"] == name
    assert desired.title_is_fallback


def test_with_neither_title_nor_file_nothing_is_said_about_the_title() -> None:
    assert "title" not in desired_item(Scene(id=1), PLAIN).scalars


@pytest.mark.parametrize(
    ("date", "shown"),
    [("2024", "2024-01-01"), ("2024-05", "2024-05-01"), ("2024-05-17", "2024-05-17"), ("", "")],
)
def test_a_partial_date_becomes_its_first_day(date: str, shown: str) -> None:
    desired = desired_item(Scene(id=1, date=date), PLAIN)

    assert desired.scalars["originallyAvailableAt"] == shown


@pytest.mark.parametrize("date", ["2024-02-31", "soon", "0000", "24-1-1", "2024-13", "٢٠٢٤"])
def test_a_date_that_cannot_be_read_is_left_out(date: str) -> None:
    """Empty would clear a date in Plex, and nobody in Stash asked for that."""
    assert "originallyAvailableAt" not in desired_item(Scene(id=1, date=date), PLAIN).scalars


def test_two_performers_of_one_name_are_one_actor() -> None:
    performers = (
        Performer(id=1, name="Jane", disambiguation="the elder"),
        Performer(id=2, name="Ann"),
        Performer(id=3, name="Jane"),
        Performer(id=4, name="JANE"),
        Performer(id=5, name="  "),
    )

    desired = desired_item(Scene(id=1, performers=performers), PLAIN)

    assert desired.tags["actor"] == (Tag("Jane"), Tag("Ann"))


def test_long_text_and_every_script_arrive_whole() -> None:
    details = "naïve 日本語 🎬 e\u0301\n\n" * 5000 + "end"

    assert desired_item(Scene(id=1, details=details), PLAIN).scalars["summary"] == details


def test_characters_that_would_make_plex_answers_unreadable_are_left_out() -> None:
    scene = Scene(id=1, title="a\x00b\x1b", details="c\x0bd\ud800e\tf")

    desired = desired_item(scene, PLAIN)

    assert desired.scalars["title"] == "ab"
    assert desired.scalars["summary"] == "cde\tf"


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("userRating", "8", "8.0"),
        ("userRating", "8.3", "8.300000190734863"),
        ("userRating", "-0.01", "0"),
        ("originallyAvailableAt", "2024-05-17", "2024-05-17T00:00:00Z"),
        ("summary", "a\r\nb", "a\nb \n"),
        ("title", "caf\u00e9", "cafe\u0301"),
    ],
)
def test_the_same_value_has_one_normal_form(field: str, one: str, other: str) -> None:
    assert normal_form(field, one) == normal_form(field, other)


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("userRating", "8.5", "8.0"),
        ("userRating", "", "0.0"),
        ("summary", "a\n\nb", "a\nb"),
        ("title", "A", "a"),
    ],
)
def test_other_values_keep_other_normal_forms(field: str, one: str, other: str) -> None:
    assert normal_form(field, one) != normal_form(field, other)


@given(st.sampled_from(SCALAR_FIELDS), st.text() | st.floats().map(str))
def test_the_normal_form_of_a_normal_form_is_itself(field: str, value: str) -> None:
    assert normal_form(field, normal_form(field, value)) == normal_form(field, value)


@given(st.text())
def test_the_key_of_a_value_ignores_case_and_composition(value: str) -> None:
    assert tag_key(tag_key(value)) == tag_key(value)
    assert tag_key("Cafe\u0301") == tag_key("CAF\u00c9")


@given(
    st.builds(
        Scene,
        id=st.just(1),
        title=st.text(),
        details=st.text(),
        date=st.text("0123456789-", max_size=11),
        rating100=st.none() | st.integers(0, 100),
        files=st.lists(st.text()).map(tuple),
        performers=st.lists(st.builds(Performer, id=st.just(1), name=st.text())).map(tuple),
    )
)
def test_whatever_the_scene_what_is_wanted_is_well_formed(scene: Scene) -> None:
    desired = desired_item(scene, RATED)

    assert desired.scalars.get("title", "T").strip()
    for field, value in desired.scalars.items():
        assert normal_form(field, value) == normal_form(field, normal_form(field, value))
        assert "\r" not in value
    names = [tag_key(tag.tag) for tag in desired.tags["actor"]]
    assert len(set(names)) == len(names)
    assert all(names)
