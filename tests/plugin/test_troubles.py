"""How troubles are grouped, and which come first."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.troubles import GROUPS, MOST, counts_of, needing, troubles_of

STATES = {
    "in_step": 100,
    "resting/no_library": 320,
    "resting/no_file": 2,
    "resting/ambiguous": 41,
    "resting/merged": 3,
    "resting/undone": 4,
    "skipped/filtered": 5,
    "skipped/ignored": 6,
    "gone": 7,
    "gone/held": 8,
}


def groups(code: str, limit: int) -> Sequence[tuple[str, int]]:
    return [("/data/new", 312), ("/data/old", 5)][:limit] if code == "no_library" else []


def test_every_state_of_the_ledger_is_counted_under_one_word() -> None:
    assert counts_of(STATES) == {
        "in_step": 100,
        "not_in_plex": 322,
        "ambiguous": 41,
        "merged": 3,
        "undone": 4,
        "filtered": 5,
        "ignored": 6,
        "gone": 7,
        "held_undo": 8,
    }
    assert set(counts_of({}).values()) == {0}


def test_scenes_of_one_cause_are_one_trouble_with_one_button() -> None:
    told = troubles_of(STATES, groups, {"refused_edit": 9}, None, [])
    assert [(one.code, one.about, one.count, one.action) for one in told] == [
        ("no_library", "/data/new", 312, "mapping"),
        ("ambiguous", "", 41, "choose"),
        ("refused_edit", "", 9, "retry"),
        ("held", "", 8, "undo_held"),
        ("no_library", "/data/old", 5, "mapping"),
        ("no_library", "", 3, "mapping"),
        ("no_file", "", 2, "none"),
    ]
    assert told[0].sentence == "312 scenes: the folder /data/new is in no chosen Plex library"
    assert "{" not in "".join(one.sentence + one.remedy for one in told)


def test_what_stops_everything_comes_first_and_names_its_setting() -> None:
    told = troubles_of(
        STATES,
        groups,
        {},
        ("token_refused", "Plex refuses the token"),
        ["setting plexLibraries: Plex has no library 'X'"],
    )
    assert [(one.code, one.about, one.action) for one in told[:2]] == [
        ("token_refused", "", "token"),
        ("complaint", "plexLibraries", "settings"),
    ]
    paused = troubles_of({}, groups, {}, ("not_configured", "the setting plexUrl is empty"), [])
    assert paused[0].about == "plexUrl"


def test_what_somebody_chose_is_no_trouble() -> None:
    chosen = {"skipped/filtered": 5, "skipped/ignored": 6, "resting/undone": 1, "resting/merged": 1}
    assert troubles_of(chosen, groups, {}, None, []) == []


def test_scenes_in_very_many_folders_stay_a_page() -> None:
    def many(_code: str, limit: int) -> Sequence[tuple[str, int]]:
        return [(f"/folder {n}", 1) for n in range(limit)]

    told = troubles_of({"resting/not_scanned": 90_000}, many, {}, None, [])
    assert len(told) == GROUPS + 1
    assert (told[0].about, told[0].count) == ("", 90_000 - GROUPS)
    full = troubles_of({}, many, {f"code {n}": 1 for n in range(99)}, None, [])
    assert len(full) == MOST


def test_files_that_nobody_could_read_are_told() -> None:
    [told] = troubles_of({}, groups, {}, None, [], unreadable=2)
    assert (told.code, told.action) == ("unreadable_inbox", "none")
    assert told.sentence.startswith("2 files in the inbox")


def test_only_what_a_person_can_change_needs_them() -> None:
    told = troubles_of(STATES, groups, {"refused_edit": 9}, None, [])
    assert needing(told) == 320 + 41 + 9 + 8
