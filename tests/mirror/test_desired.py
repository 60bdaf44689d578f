"""What an item should show, decided from the scene alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.desired import desired_item, normal_form, tag_key
from mirror.policy import GENRES, LABELS, Policy
from mirror.template import parse_template
from plex.item import SCALAR_FIELDS, TAG_FIELDS, Tag
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
        "titleSort": "",
        "summary": "One\ntwo\nthree",
        "studio": "Studio",
        "originallyAvailableAt": "2024-05-17",
        "contentRating": "",
        "userRating": "8.5",
    }
    assert desired.tags == {
        "genre": (Tag("z"), Tag("a")),
        "actor": (Tag("Zoe"), Tag("Amy")),
        "director": (Tag("Ann Lee, Bob Roe"),),
        "collection": (),
        "label": (),
    }
    assert not desired.title_is_fallback


def test_what_stash_has_not_is_asked_for_as_empty() -> None:
    desired = desired_item(Scene(id=1, title="T"), RATED)

    assert desired.scalars == {
        "title": "T",
        "titleSort": "",
        "summary": "",
        "studio": "",
        "originallyAvailableAt": "",
        "contentRating": "",
        "userRating": "",
    }
    assert desired.tags == dict.fromkeys(TAG_FIELDS, ())


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
        ("/films/...mp4", "...mp4"),
        ("/films/X.mp4", "X"),
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
    [
        ("2024", "2024-01-01"),
        ("2024-05", "2024-05-01"),
        ("2024-05-17", "2024-05-17"),
        ("2024-05-17T20:15:00Z", "2024-05-17"),
        ("", ""),
    ],
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


RICH = Scene(
    id=1,
    title="T",
    organized=True,
    studio=Studio(id=3, name="Studio", parent=Named(id=4, name="Network")),
    performers=(
        Performer(id=1, name="Jane", disambiguation=" the\x00 elder "),
        Performer(id=2, name="Ann"),
        Performer(id=3, name="jane", disambiguation="the younger"),
    ),
    tags=(
        Named(id=1, name="Bebop", parents=(Named(id=2, name="Jazz"), Named(id=3, name="Music"))),
        Named(id=4, name="Secret", parents=(Named(id=3, name="Music"),)),
        Named(id=5, name="jazz"),
    ),
    groups=(Named(id=1, name="Series"), Named(id=2, name="studio")),
)


def values(policy: Policy, field: str, scene: Scene = RICH) -> list[str]:
    return [tag.tag for tag in desired_item(scene, policy).tags[field]]


@pytest.mark.parametrize(
    ("policy", "genres", "labels"),
    [
        (Policy(), ["Bebop", "Secret", "jazz"], []),
        (Policy(tags_as=frozenset({LABELS})), [], ["Bebop", "Secret", "jazz"]),
        (
            Policy(tags_as=frozenset({GENRES, LABELS})),
            ["Bebop", "Secret", "jazz"],
            ["Bebop", "Secret", "jazz"],
        ),
        (Policy(only_tags=frozenset({"bebop", "none"})), ["Bebop"], []),
        (Policy(not_tags=frozenset({"secret", "jazz"})), ["Bebop"], []),
        (Policy(only_tags=frozenset({"bebop"}), not_tags=frozenset({"bebop"})), [], []),
        (Policy(tag_parents=True), ["Bebop", "Secret", "jazz", "Music"], []),
        (Policy(tag_parents=True, only_tags=frozenset({"music"})), ["Music"], []),
        (Policy(tag_parents=True, not_tags=frozenset({"music", "jazz"})), ["Bebop", "Secret"], []),
        (Policy(organized_label=" Done "), ["Bebop", "Secret", "jazz"], ["Done"]),
        (
            Policy(organized_label="SECRET", tags_as=frozenset({LABELS})),
            [],
            ["Bebop", "Secret", "jazz"],
        ),
    ],
)
def test_tags_become_what_a_person_chose(
    policy: Policy, genres: list[str], labels: list[str]
) -> None:
    assert values(policy, "genre") == genres
    assert values(policy, "label") == labels


def test_a_scene_that_is_not_organized_has_no_label_for_it() -> None:
    assert values(Policy(organized_label="Done"), "label", replace(RICH, organized=False)) == []


@pytest.mark.parametrize(
    ("policy", "collections"),
    [
        (Policy(), []),
        (Policy(group_collections=True), ["Series", "studio"]),
        (Policy(studio_collections=True), ["Studio"]),
        (Policy(network_collections=True), ["Network"]),
        (
            Policy(group_collections=True, studio_collections=True, network_collections=True),
            ["Series", "studio", "Network"],
        ),
    ],
)
def test_groups_studios_and_networks_become_collections(
    policy: Policy, collections: list[str]
) -> None:
    assert values(policy, "collection") == collections


@pytest.mark.parametrize("studio", [None, Studio(id=1, name="Alone")])
def test_without_a_network_there_is_no_collection_of_one(studio: Studio | None) -> None:
    assert (
        values(Policy(network_collections=True), "collection", replace(RICH, studio=studio)) == []
    )


def test_a_disambiguation_is_a_role_by_choice_alone() -> None:
    roles = desired_item(RICH, Policy(performer_roles=True)).tags["actor"]

    assert roles == (Tag("Jane", role="the elder"), Tag("Ann"))
    assert desired_item(RICH, PLAIN).tags["actor"] == (Tag("Jane"), Tag("Ann"))


def test_the_content_rating_is_the_same_for_all_by_choice() -> None:
    assert desired_item(RICH, Policy(content_rating=" XXX ")).scalars["contentRating"] == "XXX"


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


named = st.lists(st.builds(Named, id=st.just(1), name=st.text(max_size=3)), max_size=3).map(tuple)
scenes = st.builds(
    Scene,
    id=st.just(1),
    title=st.text(),
    details=st.text(),
    director=st.text(),
    date=st.text("0123456789-", max_size=11),
    rating100=st.none() | st.integers(0, 100),
    organized=st.booleans(),
    files=st.lists(st.text()).map(tuple),
    studio=st.none() | st.builds(Studio, id=st.just(1), name=st.text()),
    performers=st.lists(
        st.builds(Performer, id=st.just(1), name=st.text(max_size=3), disambiguation=st.text())
    ).map(tuple),
    tags=named,
    groups=named,
)
policies = st.builds(
    Policy,
    title=st.sampled_from([None, parse_template("[{studio} ]{title}"), parse_template("{date}")]),
    sort_title=st.sampled_from([None, parse_template("{performers}")]),
    sync_ratings=st.booleans(),
    content_rating=st.text(),
    tags_as=st.frozensets(st.sampled_from([GENRES, LABELS])),
    organized_label=st.text(),
    group_collections=st.booleans(),
    studio_collections=st.booleans(),
    performer_roles=st.booleans(),
)


@given(scenes, policies)
def test_whatever_the_scene_what_is_wanted_is_well_formed(scene: Scene, policy: Policy) -> None:
    desired = desired_item(scene, policy)

    assert desired.scalars.get("title", "T").strip()
    for value in desired.scalars.values():
        assert not set(value) & set("\r\x00\x1b\ud800")
    assert set(desired.tags) == set(TAG_FIELDS)
    for tags in desired.tags.values():
        keys = [tag_key(tag.tag) for tag in tags]
        assert len(set(keys)) == len(keys)
        assert all(keys)


@given(scenes)
def test_settings_that_are_off_ask_for_nothing(scene: Scene) -> None:
    desired = desired_item(scene, PLAIN)

    assert (desired.scalars["titleSort"], desired.scalars["contentRating"]) == ("", "")
    assert (desired.tags["collection"], desired.tags["label"]) == ((), ())
    assert not any(tag.role for tag in desired.tags["actor"])
