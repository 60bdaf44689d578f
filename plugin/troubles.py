"""What is wrong, grouped by cause: each group is one sentence, one remedy and one button.

Pure functions over kept counts, so that 100,000 scenes cost no more than ten.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from catalogue import Entry, explain
from plugin.light import ASKS_FOR_A_PERSON, scenes

MOST = 50
GROUPS = 10  # of one code, told by themselves; what is beyond is told together
FOLDER_CODES = ("no_mapping", "no_library", "not_scanned")
# Chosen by somebody, so nobody has to be told of them.
NO_TROUBLE = ("filtered", "ignored", "undone", "merged")
# The word of the counts for each reason to rest; other reasons have their own.
NOT_IN_PLEX = ("no_file", "not_in_plex", *FOLDER_CODES)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One group, as the page shows it."""

    code: str
    about: str
    count: int
    sentence: str
    remedy: str
    action: str


def counts_of(states: Mapping[str, int]) -> dict[str, int]:
    """Scenes as the page counts them, by the ledger's own words for states and codes."""

    def of(state: str, *codes: str) -> int:
        return sum(states.get(f"{state}/{code}", 0) for code in codes)

    return {
        "in_step": states.get("in_step", 0),
        "not_in_plex": of("resting", *NOT_IN_PLEX),
        "ambiguous": of("resting", "ambiguous"),
        "merged": of("resting", "merged"),
        "filtered": of("skipped", "filtered"),
        "undone": of("resting", "undone"),
        "ignored": of("skipped", "ignored"),
        "gone": states.get("gone", 0),
        "held_undo": of("gone", "held"),
    }


def troubles_of(
    states: Mapping[str, int],
    groups: Callable[[str, int], Sequence[tuple[str, int]]],
    failed: Mapping[str, int],
    pause: tuple[str, str] | None,
    complaints: Sequence[str],
    unreadable: int = 0,
) -> list[Trouble]:
    """All that is wrong: what stops everything first, then by how many scenes it keeps.

    Args:
        states: Scenes by "state/code".
        groups: For a code that speaks of folders and a limit, the greatest groups.
        failed: Dead letters by code.
        pause: Why everything waits: its code and its message.
        complaints: Sentences about settings.
        unreadable: Files of the inbox that were set aside.
    """
    found = [_of_pause(*pause)] if pause else []
    found += [_of_complaint(one) for one in complaints]
    if unreadable:
        entry = explain("unreadable_inbox")
        found.append(_told("unreadable_inbox", "", 0, f"{unreadable} {entry.told()}", entry))
    counted: list[Trouble] = []
    for state, count in states.items():
        kind, _, code = state.partition("/")
        if kind not in {"resting", "gone"} or not code or code in NO_TROUBLE:
            continue
        if code in FOLDER_CODES:
            counted += _by_folder(code, count, groups(code, GROUPS))
        else:
            counted.append(_of_scenes(code, "", count))
    counted += [_of_scenes(code, "", count) for code, count in failed.items()]
    counted.sort(key=lambda one: -one.count)
    return [*found, *counted][:MOST]


def needing(troubles: Sequence[Trouble]) -> int:
    """Scenes that a person can do something about."""
    return sum(one.count for one in troubles if one.action in ASKS_FOR_A_PERSON)


def _by_folder(code: str, count: int, groups: Sequence[tuple[str, int]]) -> list[Trouble]:
    told = [_of_scenes(code, about, number) for about, number in groups]
    rest = count - sum(one.count for one in told)
    return [*told, _of_scenes(code, "", rest)] if rest > 0 else told


def _of_scenes(code: str, about: str, count: int) -> Trouble:
    entry = explain(code)
    return _told(code, about, count, f"{scenes(count)}: {entry.told(about)}", entry)


def _of_pause(code: str, message: str) -> Trouble:
    entry = explain(code)
    return _told(code, _setting_in(message), 0, message or entry.told(), entry)


def _of_complaint(text: str) -> Trouble:
    return _told("complaint", _setting_in(text), 0, text, explain("complaint"))


def _setting_in(text: str) -> str:
    """The key of the setting that a sentence of ours names."""
    named = re.search(r"\bsetting ([a-zA-Z]+)", text)
    return named.group(1) if named else ""


def _told(code: str, about: str, count: int, sentence: str, entry: Entry) -> Trouble:
    return Trouble(code, about, count, sentence, entry.remedy, entry.action)
