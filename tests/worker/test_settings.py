"""What a person types into Stash's settings, and what becomes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.settings import SETTINGS, Settings, content_print, read_settings


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


@pytest.mark.parametrize(
    ("changed", "asks"),
    [
        ({"syncRatings": True}, True),
        ({"noPictures": True}, True),
        ({"keepPlexEdits": True}, True),
        ({"plexLibraries": "Movies"}, True),
        ({"pathMappings": "/a => /b"}, True),
        ({"plexUrl": "http://x"}, False),
        ({"plexToken": "abc"}, False),
    ],
)
def test_a_setting_that_changes_what_is_written_asks_for_a_comparison(
    changed: dict[str, object], asks: bool
) -> None:
    before, after = content_print(read_settings({})), content_print(read_settings(changed))
    assert (before != after) is asks


@given(
    st.dictionaries(
        st.sampled_from([one.key for one in SETTINGS]),
        st.one_of(st.none(), st.text(), st.integers(), st.booleans(), st.lists(st.text())),
    )
)
def test_no_stored_value_breaks_the_reading(stored: dict[str, object]) -> None:
    assert isinstance(read_settings(stored), Settings)
