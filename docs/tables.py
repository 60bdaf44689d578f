"""The parts of the documents that are made from the code: `python -m docs.tables`.

What stands between two marks in `settings.md` comes from the table that the worker reads and from
what the worker makes of some values, so neither can be described otherwise than it is.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import catalogue
from mirror.ledger import Ledger
from plugin.settings_view import read_settings_view
from stash.call import Command
from worker.known import note_settings
from worker.settings_table import GROUPS, Setting

DOCS = Path(__file__).parent
BEGIN = "<!-- made by make docs -->"
END = "<!-- made until here -->"
_TITLES = {
    "where": "Where Plex is, and what is where",
    "what": "What is written",
    "which": "Which scenes, and how often",
}
_KINDS = {"STRING": "text", "NUMBER": "number", "BOOLEAN": "switch"}


class Example(NamedTuple):
    """One thing that a person may write into a setting."""

    key: str
    value: object


EXAMPLES = (
    Example("plexUrl", "192.168.1.5"),
    Example("plexUrl", "https://plex.example:443/web/index.html#!/"),
    Example("plexUrl", "my plex"),
    Example("plexLibraries", "Movies;  7 ;"),
    Example("pathMappings", "/data => /media ; /data2 =>"),
    Example("titleTemplate", "{studio} - {title"),
    Example("tagsAs", "Both"),
    Example("tagsAs", "genre"),
    Example("coverAs", "background"),
    Example("contentRating", "XXX"),
    Example("plexCertificate", "0C:AF"),
    Example("plexCertificate", "unchecked"),
    Example("catchUpMinutes", 0),
    Example("catchUpMinutes", 15),
    Example("catchUpMinutes", 5000),
)


def settings_tables() -> str:
    """Every setting, and examples of what is in force."""
    return "\n".join([*_groups(), "## What you write, and what is in force", "", *_examples()])


def settings_page(page: str) -> str:
    """The page with its made part made anew."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{settings_tables()}\n\n{END}{after}"


def _groups() -> Iterator[str]:
    for group, table in GROUPS.items():
        yield f"## {_TITLES[group]}"
        yield ""
        yield "| setting | key | kind | what it does | in force where nothing is set |"
        yield "|---|---|---|---|---|"
        yield from map(_row, table)
        yield ""


def _row(one: Setting) -> str:
    cells = (one.name, f"`{one.key}`", _KINDS[one.type], one.description, one.default or "none")
    return f"| {' | '.join(map(_cell, cells))} |"


def _examples() -> Iterator[str]:
    yield "| key | you write | in force | what is said about it |"
    yield "|---|---|---|---|"
    for example in EXAMPLES:
        in_force, complaint = _taken(example)
        cells = (f"`{example.key}`", f"`{example.value}`", in_force, complaint)
        yield f"| {' | '.join(map(_cell, cells))} |"


def _taken(example: Example) -> tuple[str, str]:
    """What the page says of a value: what is in force, and the complaint."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        with closing(Ledger(path / "ledger.db")) as ledger:
            note_settings(ledger, {example.key: example.value})
        told = read_settings_view(path, Command(mode="settings"))["settings"]
    rows = told if isinstance(told, list) else []
    row = next(one for one in rows if one["key"] == example.key)
    return str(row["effective"] or "none"), str(row["complaint"])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def write_all() -> None:
    """Write every document, or part of one, that is made from the code."""
    (DOCS / "errors.md").write_text(catalogue.as_markdown(), encoding="utf-8", newline="\n")
    page = DOCS / "settings.md"
    text = settings_page(page.read_text(encoding="utf-8"))
    page.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write_all()
