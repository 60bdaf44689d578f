"""Every code that a person can meet, with its cause and its remedy in plain words.

One table serves the page, the log's sentences, `docs/errors.md` and the command line. A code that
stands nowhere here cannot be explained to anybody, so a test walks through all of them.
"""

from __future__ import annotations

from typing import NamedTuple

# What the button beside a trouble does; see docs/operations.md.
ACTIONS = (
    "mapping",
    "scan",
    "token",
    "settings",
    "choose",
    "retry",
    "undo_held",
    "none",
)


class Entry(NamedTuple):
    """What is to be said about one code.

    Attributes:
        cause: What happened; `{about}` stands for what the code speaks of.
        remedy: What a person can do; says so where nothing has to be done.
        action: The button that helps, one of `ACTIONS`.
        others: What stands for `{about}` where several are told together.
    """

    cause: str
    remedy: str
    action: str = "none"
    others: str = "their folder"

    def told(self, about: str = "") -> str:
        """The cause, about this."""
        return self.cause.replace("{about}", about or self.others)


NOTHING_TO_DO = "nothing has to be done"
_REPORT = "retry it; if it stays, report it with the support bundle"

CATALOGUE: dict[str, Entry] = {
    # Why a scene rests, or is left alone
    "no_file": Entry("the scene has no file", "add a file to the scene in Stash, or ignore it"),
    "no_mapping": Entry(
        "no chosen Plex library has {about}, and no path mapping says where Plex sees it",
        "add a path mapping, or add the folder to a library of Plex",
        "mapping",
        "their folders",
    ),
    "no_library": Entry(
        "the folder {about} is in no chosen Plex library",
        "correct the path mapping, or add the folder to a library of Plex",
        "mapping",
        "of the files",
    ),
    "not_scanned": Entry(
        "Plex has not scanned {about} for new files yet",
        "let Plex scan the folder; what it finds is synced by itself",
        "scan",
        "their folders",
    ),
    "ambiguous": Entry(
        "several items in Plex hold the file",
        "choose one of them, or merge them in Plex",
        "choose",
    ),
    "merged": Entry(
        "the file is part of an item that shows another scene",
        "split the item in Plex if both are to be shown; else nothing has to be done",
    ),
    "filtered": Entry(
        "the filters of the settings leave the scene out",
        "change the filters if it is to be shown; else nothing has to be done",
        "settings",
    ),
    "ignored": Entry(
        "somebody chose that the scene is not synced",
        "let it be synced again on its page; else nothing has to be done",
    ),
    "undone": Entry(
        "what was written was undone",
        "it is synced again after its next edit in Stash, or at once by hand",
    ),
    "held": Entry(
        "many scenes vanished from Stash at once, so nothing of them was undone in Plex",
        "if they are gone for good, carry out the undo; else bring Stash's database back",
        "undo_held",
    ),
    "not_in_plex": Entry(
        "no item in Plex holds the file",
        "let Plex scan the folder, or correct the path mapping",
        "scan",
    ),
    # Why everything waits
    "waiting": Entry("something that is needed is not there", "it is looked for again by itself"),
    "not_kept": Entry(
        "the disk is full, or a folder cannot be written",
        "free disk space, or make PlexSync's data folder writable for Stash",
    ),
    "not_configured": Entry(
        "the settings do not say which Plex is meant, or it cannot be used as they say",
        "fill in address and token, or go through the set-up",
        "settings",
    ),
    "plex_away": Entry(
        "Plex is off, is starting or is overloaded",
        "nothing has to be done if that is meant to be; it goes on as soon as Plex answers",
    ),
    "token_refused": Entry("Plex refuses the token", "sign in again, or copy the token", "token"),
    "stash_away": Entry(
        "Stash does not answer, or its database is locked",
        "nothing has to be done; it goes on as soon as Stash answers",
    ),
    "stash_refused": Entry(
        "Stash refuses the login that it gave to PlexSync",
        "open this page once, or save any scene: that brings a fresh login",
    ),
    # Why a scene was not written
    "scene_error": Entry("something went wrong with this scene", _REPORT, "retry"),
    "plex_500": Entry(
        "Plex failed at this item again and again",
        "look at the item in Plex, analyse or refresh it there, then retry",
        "retry",
    ),
    "unreadable_answer": Entry(
        "an answer was cut off or no answer of Plex's",
        "see whether a proxy or a login page stands between PlexSync and Plex, then retry",
        "retry",
    ),
    "refused_edit": Entry("Plex refused the edit", _REPORT, "retry"),
    "item_gone": Entry(
        "the item vanished from Plex while it was written",
        "retry; it is looked for by its file again",
        "retry",
    ),
    "unexpected": Entry("a mistake in PlexSync itself", _REPORT, "retry"),
    # What is met and mended on the way
    "error": Entry("something went wrong", _REPORT, "retry"),
    "server_changed": Entry(
        "another Plex, or another library, answers than before",
        "nothing has to be done; it is connected to anew",
    ),
    "mapping_changed": Entry(
        "another path mapping is in force", "nothing has to be done; all is looked at again"
    ),
    "unsupported": Entry(
        "this version of Plex does not know a request",
        "nothing has to be done; the slower way is taken. Updating Plex makes it faster",
    ),
    "damaged": Entry(
        "a file of PlexSync cannot be read; it was set aside and is built anew",
        "nothing has to be done; look at the disk if it happens again",
    ),
    # Why nothing starts
    "bad_call": Entry(
        "a call says nothing that PlexSync understands",
        "reload the page after an update of the plugin; if it stays, report it with the support "
        "bundle",
    ),
    "no_worker": Entry(
        "the worker cannot be started", "see worker.log in PlexSync's data folder for why"
    ),
    "not_installed": Entry(
        "a Python module that is needed is not there",
        "install a release of PlexSync, or its requirements.txt for the Python that Stash runs",
    ),
    "newer_schema": Entry(
        "a newer version of PlexSync wrote its files",
        "install the newer version again, or move the data folder away and begin anew",
    ),
    # What the page shows besides
    "complaint": Entry(
        "the setting {about} cannot be used as it is", "correct it", "settings", "named here"
    ),
    "unreadable_inbox": Entry(
        "files in the inbox could not be read and were set aside",
        "nothing has to be done: what they spoke of is found by the next look at Stash",
    ),
}


def explain(code: str) -> Entry:
    """The entry of a code, or that of an error without a name of its own."""
    return CATALOGUE.get(code) or CATALOGUE["error"]


def as_markdown() -> str:
    """The whole table as a document for people."""
    rows = [
        f"| `{code}` | {entry.told('the folder') if code != 'complaint' else entry.told()} "
        f"| {entry.remedy} | {entry.action.replace('_', ' ')} |"
        for code, entry in sorted(CATALOGUE.items())
    ]
    return "\n".join(
        [
            "# Codes, causes and remedies",
            "",
            "Made from `catalogue.py` by `make docs`. The last column: the button beside it.",
            "",
            "| code | cause | remedy | button |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )
