"""What settings of other plugins amount to here."""

from __future__ import annotations

import pytest

from errors import BadCallError
from worker.elsewhere import Offer, offers_of
from worker.elsewhere_note import after, still_offered

Stored = dict[str, dict[str, object]]
TOKEN = "canary-5d0c"


def offered(stored: Stored, *, has_token: bool = False) -> dict[str, str | bool | None]:
    """What would be stored here, by our own key."""
    return {one.setting: one.value for one in offers_of(stored, has_token=has_token)[0]}


def unlike(stored: Stored) -> list[str]:
    """The old keys that have no counterpart."""
    return [one.old for one in offers_of(stored, has_token=False)[1]]


def test_the_older_plugin_of_the_same_id_names_its_address_in_two() -> None:
    stored: Stored = {
        "PlexSync": {
            "plexToken": TOKEN,
            "plexHost": "nas",
            "plexPort": "32401",
            "skipUnorganized": True,
        }
    }
    assert offered(stored, has_token=True) == {
        "plexUrl": "http://nas:32401",
        "filterOrganized": True,
    }
    assert unlike(stored) == []


def test_what_the_older_plugin_did_to_titles_and_tags_has_no_counterpart() -> None:
    stored: Stored = {"PlexSync": {"cleanTitles": True, "tagStashIDs": True, "tagID_stashdb": "2"}}
    assert offered(stored) == {}
    assert unlike(stored) == ["cleanTitles", "tagStashIDs", "tagID_stashdb"]


def test_stash2plex_s_settings_become_ours() -> None:
    stored: Stored = {
        "Stash2Plex": {
            "plex_url": "http://plex:32400/",
            "plex_token": TOKEN,
            "plex_library": "Videos, Old films ,",
            "preserve_plex_edits": True,
            "sync_collection": True,
            "trigger_plex_scan": True,
            "sync_poster": False,
        }
    }
    assert offered(stored) == {
        "plexUrl": "http://plex:32400",
        "plexToken": None,
        "plexLibraries": "Videos; Old films",
        "keepPlexEdits": True,
        "studioCollections": True,
        "scanMissing": True,
        "coverAs": "background",
    }


@pytest.mark.parametrize("plugin", ["PlexSync", "Stash2Plex"])
@pytest.mark.parametrize("key", ["plex_library", "plexLibrary"])
def test_a_key_is_known_in_either_spelling_and_under_either_id(plugin: str, key: str) -> None:
    """Stash2Plex was called PlexSync once."""
    [offer] = offers_of({plugin: {key: "Videos"}}, has_token=False)[0]
    assert offer == Offer(
        plugin=plugin,
        old=key,
        was="Videos",
        setting="plexLibraries",
        name="Plex libraries",
        description=offer.description,
        value="Videos",
    )
    assert "library of movies" in offer.description


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({"sync_poster": False, "sync_background": False}, {"noPictures": True}),
        ({"sync_poster": False}, {"coverAs": "background"}),
        ({"sync_poster": True, "sync_background": True}, {"coverAs": "both"}),
        ({"sync_background": True}, {"coverAs": "both"}),
        ({"sync_poster": True}, {}),
        ({"sync_background": False}, {}),
    ],
)
def test_two_switches_of_pictures_are_one_choice(
    switches: dict[str, object], expected: dict[str, object]
) -> None:
    assert offered({"Stash2Plex": switches}) == expected


def test_what_is_chosen_here_is_not_offered_again() -> None:
    stored: Stored = {
        "PlexSync": {"plexUrl": "http://mine:1", "plexHost": "nas", "keepPlexEdits": True},
        "Stash2Plex": {"plex_url": "http://x:1", "plex_token": TOKEN, "preserve_plex_edits": True},
    }
    assert offered(stored, has_token=True) == {}


def test_an_empty_setting_of_ours_is_not_chosen() -> None:
    stored: Stored = {
        "PlexSync": {"plexUrl": "", "keepPlexEdits": False},
        "Stash2Plex": {"plex_url": "http://x:1", "preserve_plex_edits": True},
    }
    assert offered(stored) == {"plexUrl": "http://x:1", "keepPlexEdits": True}


def test_one_setting_is_offered_once() -> None:
    stored: Stored = {"PlexSync": {"plexHost": "nas"}, "Stash2Plex": {"plex_url": "http://x:1"}}
    assert offered(stored) == {"plexUrl": "http://nas:32400"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("plex_url", "two words"),
        ("plex_url", "http://me:secret@plex:32400"),
        ("plex_library", "Videos; new"),
        ("sync_tags", False),
        ("enabled", False),
        ("max_tags", 50),
    ],
)
def test_what_cannot_be_said_here_is_named_and_left(key: str, value: object) -> None:
    assert offered({"Stash2Plex": {key: value}}) == {}
    assert unlike({"Stash2Plex": {key: value}}) == [key]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sync_tags", True),
        ("enabled", True),
        ("strict_matching", True),
        ("preserve_plex_edits", False),
        ("plex_url", ""),
        ("plex_library", None),
        ("plexPort", "32400"),
    ],
)
def test_what_is_so_here_anyway_is_not_worth_a_word(key: str, value: object) -> None:
    assert offers_of({"Stash2Plex": {key: value}}, has_token=False) == ([], [])


def test_no_offer_holds_a_secret() -> None:
    stored: Stored = {
        "PlexSync": {"plex_token": TOKEN, "plexHost": f"me:{TOKEN}@nas"},
        "Stash2Plex": {"plex_url": f"http://plex:1/?X-Plex-Token={TOKEN}", "plexToken": TOKEN},
    }
    told = offers_of(stored, has_token=False)
    assert [one.setting for one in told[0]] == ["plexToken", "plexUrl"]
    assert TOKEN not in str(told)


def test_a_part_that_was_answered_for_is_not_offered_again() -> None:
    assert still_offered(None) == {"settings", "urls"}
    once = after(None, "settings")
    assert still_offered(once) == {"urls"}
    assert still_offered(after(once, "urls")) == set()
    assert still_offered(after(None, "")) == set()
    with pytest.raises(BadCallError, match="no part"):
        after(None, "everything")
