"""What a person types into Stash's settings, and what becomes of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.desired import desired_item
from mirror.edit import plan_edit
from mirror.filters import Filters, reason_to_skip
from mirror.policy import Policy
from plex.item import Item
from stash.scene import Named, Performer, Scene, Studio
from worker.settings import SETTINGS, Setting, Settings, content_print, read_settings


def test_nothing_stored_is_every_default() -> None:
    assert read_settings({}) == Settings()


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("http://192.168.1.5:32400", "http://192.168.1.5:32400"),
        (" http://plex:32400/ ", "http://plex:32400"),
        ("192.168.1.5", "http://192.168.1.5:32400"),
        ("plex:1234", "http://plex:1234"),
        ("https://plex.example.org", "https://plex.example.org"),
        ("https://example.org/plex/", "https://example.org/plex"),
        ("http://plex:32400/web/index.html#!/settings", "http://plex:32400"),
        ("[fd00::5]:32400", "http://[fd00::5]:32400"),
        ("HTTP://Plex:32400", "http://plex:32400"),
    ],
)
def test_an_address_is_taken_as_people_copy_it(typed: str, address: str) -> None:
    settings = read_settings({"plexUrl": typed})
    assert (settings.plex_url, settings.complaints) == (address, ())


@pytest.mark.parametrize(
    "typed", ["ftp://x", "http://", "http://me:secret@plex:32400", "a b", "http://plex:port", 7]
)
def test_a_bad_address_is_named_and_disables_nothing_else(typed: object) -> None:
    settings = read_settings({"plexUrl": typed, "plexToken": "abc", "syncRatings": True})
    assert settings.plex_url == ""
    assert settings.plex_token == "abc"
    assert settings.policy.sync_ratings
    [complaint] = settings.complaints
    assert "plexUrl" in complaint


@pytest.mark.parametrize(
    ("stored", "address"),
    [
        ({"plexHost": "nas", "plexPort": 32400}, "http://nas:32400"),
        ({"plexHost": "https://nas", "plexPort": "443"}, "https://nas:443"),
        ({"plexHost": "nas:1234"}, "http://nas:1234"),
        ({"plexHost": "nas", "plexUrl": "http://other:1"}, "http://other:1"),
    ],
)
def test_the_older_plugins_address_is_the_fallback(stored: dict[str, object], address: str) -> None:
    assert read_settings(stored).plex_url == address


def test_libraries_are_separated_by_semicolons() -> None:
    assert read_settings({"plexLibraries": "Movies; Other Videos ;;3"}).libraries == (
        "Movies",
        "Other Videos",
        "3",
    )


def test_path_mappings_are_separated_by_semicolons_and_a_bad_pair_is_named() -> None:
    settings = read_settings({"pathMappings": "/data => /media; nonsense; /a => /b"})
    assert settings.mapping.to_plex("/data/x.mp4") == "/media/x.mp4"
    assert settings.mapping.to_plex("/a/x.mp4") == "/b/x.mp4"
    [complaint] = settings.complaints
    assert "nonsense" in complaint


def test_a_token_with_a_line_break_is_refused_before_it_becomes_a_header() -> None:
    settings = read_settings({"plexToken": "abc\r\nX-Evil: 1"})
    assert settings.plex_token == ""
    assert "abc" not in settings.complaints[0]


def test_the_token_is_not_in_the_settings_text() -> None:
    assert "canary" not in repr(read_settings({"plexToken": "canary"}))


def test_a_switch_that_is_no_switch_is_off_and_named() -> None:
    settings = read_settings({"keepPlexEdits": "yes"})
    assert not settings.policy.keep_plex_edits
    assert "keepPlexEdits" in settings.complaints[0]


# Every setting changes something that a person can see: a scene's item, whether it is shown, where
# it is looked for. Each row is one setting, a value for it, and what shows the difference.

SCENE = Scene(
    id=7,
    title="T",
    details="D",
    date="2024",
    rating100=80,
    organized=True,
    files=("/data/films/a.mp4",),
    studio=Studio(id=1, name="S", parent=Named(id=2, name="N")),
    performers=(Performer(id=1, name="Ann", disambiguation="elder"),),
    tags=(Named(id=1, name="Jazz", parents=(Named(id=2, name="Music"),)),),
    groups=(Named(id=1, name="G"),),
)
PLAYED = Scene(id=8, title="T", files=("/data/films/b.mp4",))
ITEM = Item(rating_key=1, type="movie", scalars={"title": "hers"}, locked=frozenset({"title"}))


def shown(settings: Settings) -> object:
    return desired_item(SCENE, settings.policy)


def skipped(settings: Settings) -> object:
    return [bool(reason_to_skip(one, settings.filters)) for one in (SCENE, PLAYED)]


def kept(settings: Settings) -> object:
    return plan_edit(desired_item(SCENE, settings.policy), ITEM, None, settings.policy).kept


def pictures(settings: Settings) -> object:
    return settings.policy.cover_as, settings.policy.pad_covers


def folder(settings: Settings) -> object:
    return settings.mapping.to_plex("/data/films/a.mp4")


EFFECTS: dict[str, tuple[object, Callable[[Settings], object]]] = {
    "plexUrl": ("http://x:1", lambda settings: settings.plex_url),
    "plexToken": ("abc", lambda settings: settings.plex_token),
    "plexCertificate": ("ab" * 32, lambda settings: settings.trust),
    "plexLibraries": ("Movies", lambda settings: settings.libraries),
    "pathMappings": ("/data => /media", folder),
    "scanMissing": (True, lambda settings: settings.scan_missing),
    "markCards": (True, lambda settings: settings.mark_cards),
    "titleTemplate": ("[{studio} - ]{title}", shown),
    "sortTitle": ("{date} {title}", shown),
    "syncRatings": (True, shown),
    "contentRating": ("XXX", shown),
    "tagsAs": ("labels", shown),
    "onlyTheseTags": ("blues; rock", shown),
    "notTheseTags": ("JAZZ", shown),
    "tagParents": (True, shown),
    "organizedLabel": ("Done", shown),
    "groupCollections": (True, shown),
    "studioCollections": (True, shown),
    "networkCollections": (True, shown),
    "performerRoles": (True, shown),
    "coverAs": ("background", pictures),
    "padCovers": (True, pictures),
    "noPictures": (True, pictures),
    "keepPlexEdits": (True, kept),
    "filterOrganized": (True, skipped),
    "filterTags": ("jazz", skipped),
    "filterNotTags": ("jazz", skipped),
    "filterStudios": ("n", skipped),
    "filterPaths": ("!**/a.mp4", skipped),
    "undoFiltered": (True, lambda settings: settings.undo_filtered),
    "undoDestroyed": (True, lambda settings: settings.undo_destroyed),
    "catchUpMinutes": (5, lambda settings: settings.catch_up_seconds),
    "logDetails": (True, lambda settings: settings.log_details),
}
NO_COMPARISON = {
    "plexUrl",
    "plexToken",
    "plexCertificate",
    "markCards",
    "undoDestroyed",
    "catchUpMinutes",
    "logDetails",
}


def test_every_setting_has_an_effect_that_is_shown_here() -> None:
    assert list(EFFECTS) == [one.key for one in SETTINGS]


@pytest.mark.parametrize("key", EFFECTS)
def test_a_setting_changes_something_and_that_alone(key: str) -> None:
    value, effect = EFFECTS[key]
    changed, plain = read_settings({key: value}), read_settings({})

    assert changed.complaints == ()
    assert effect(changed) != effect(plain)
    for other in {effect for _, effect in EFFECTS.values()} - {effect}:
        assert other(changed) == other(plain)


@pytest.mark.parametrize("key", EFFECTS)
def test_a_setting_that_changes_what_is_written_asks_for_a_comparison(key: str) -> None:
    before, after = read_settings({}), read_settings({key: EFFECTS[key][0]})

    assert (content_print(before) != content_print(after)) is (key not in NO_COMPARISON)


@pytest.mark.parametrize("one", SETTINGS, ids=lambda one: one.key)
def test_what_is_of_the_wrong_kind_is_named_and_the_default_used(one: Setting) -> None:
    wrong: object = 7 if one.type == "STRING" else "yes"

    settings = read_settings({one.key: wrong})

    [complaint] = settings.complaints
    assert one.key in complaint
    assert replace(settings, complaints=()) == Settings()


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("titleTemplate", "{titel}", "no field {titel}"),
        ("sortTitle", "[{title}", "has no ]"),
        ("tagsAs", "collections", "none of genres, labels, both; taken as genres"),
        ("coverAs", "thumb", "none of poster, background, both; taken as poster"),
        ("filterPaths", "!", "a path is missing"),
    ],
)
def test_a_bad_value_is_named_with_its_key_and_the_default_used(
    key: str, value: str, words: str
) -> None:
    settings = read_settings({key: value, "keepPlexEdits": True})

    [complaint] = settings.complaints
    assert key in complaint
    assert words in complaint
    assert settings.policy == Policy(keep_plex_edits=True)
    assert settings.filters == Filters()


@pytest.mark.parametrize(
    ("typed", "lists"),
    [
        ("", {"genre"}),
        ("Genres", {"genre"}),
        ("labels", {"label"}),
        (" BOTH ", {"genre", "label"}),
    ],
)
def test_tags_become_genres_labels_or_both(typed: str, lists: set[str]) -> None:
    desired = desired_item(SCENE, read_settings({"tagsAs": typed}).policy)

    assert {name for name in ("genre", "label") if desired.tags[name]} == lists


@pytest.mark.parametrize(
    ("stored", "pictures"),
    [
        ({}, {"poster"}),
        ({"coverAs": "both"}, {"poster", "background"}),
        ({"coverAs": "Background"}, {"background"}),
        ({"coverAs": "both", "noPictures": True}, set()),
    ],
)
def test_covers_become_posters_backgrounds_both_or_nothing(
    stored: dict[str, object], pictures: set[str]
) -> None:
    policy = read_settings(stored).policy

    assert policy.cover_as == pictures
    assert policy.pictures is bool(pictures)


def test_names_are_separated_by_semicolons_and_compared_without_case() -> None:
    settings = read_settings({"onlyTheseTags": " Caf\u00e9;; B, C\nd ", "filterStudios": "X;y"})

    assert settings.policy.only_tags == {"caf\u00e9", "b, c", "d"}
    assert settings.filters.studios == {"x", "y"}


def test_one_path_that_is_none_leaves_the_others_in_force() -> None:
    filters = read_settings({"filterPaths": "/a; !; !/a/b/** ; c"}).filters

    assert [one.text for one in filters.paths] == ["/a", "c"]
    assert [one.text for one in filters.not_paths] == ["/a/b/**"]


def test_the_print_of_the_content_is_the_same_in_every_process() -> None:
    """Sets have no order of their own; another one at each start would compare every scene."""
    code = (
        "from tests.worker.test_settings import *;"
        "print(content_print(read_settings({k: v for k, (v, _) in EFFECTS.items()})))"
    )

    prints = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(prints) == 1


@given(
    st.dictionaries(
        st.sampled_from([one.key for one in SETTINGS]),
        st.one_of(st.none(), st.text(), st.integers(), st.booleans(), st.lists(st.text())),
    )
)
def test_no_stored_value_breaks_the_reading(stored: dict[str, object]) -> None:
    assert isinstance(read_settings(stored), Settings)


@pytest.mark.parametrize(
    "text",
    ["http://me:canary@host:32400", "me:canary@host", "http://ho st/?X-Plex-Token=canary"],
)
def test_a_password_or_a_token_in_an_address_is_in_no_complaint(text: str) -> None:
    settings = read_settings({"plexUrl": text})
    assert settings.plex_url == ""
    [complaint] = settings.complaints
    assert "canary" not in complaint
    assert "is no address" in complaint
