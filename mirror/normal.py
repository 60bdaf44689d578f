"""The forms in which values are written and compared: cleaned text, dates, keys of lists.

Nothing is cut and nothing is invented: text keeps its newlines and its Unicode. Only characters
that Plex's XML answers cannot carry are left out, because one of them in one item would make
every answer that holds the item unreadable.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from functools import lru_cache

_NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")


def normal_form(field: str, value: str) -> str:
    """Return `value` in the form in which two values of one field are compared, never written."""
    text = unicodedata.normalize("NFC", clean_text(value)).rstrip()
    if field == "originallyAvailableAt":
        return text[:10].rstrip()
    if field == "userRating":
        try:
            return one_decimal(float(text))
        except ValueError:
            return text
    return text


@lru_cache(maxsize=20_000)
def tag_key(value: str) -> str:
    """Return what identifies a value of a list: Plex may change the case of what it is given."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", value).lower()).strip()


def same_spelling(one: str, other: str) -> bool:
    """Tell whether two values of a list read the same, upper and lower case included."""
    return one == other or normal_form("tag", one) == normal_form("tag", other)


def clean_text(text: str) -> str:
    """Return `text` with one kind of line end and without what no XML can carry."""
    if text.isascii() and text.isprintable():  # as nearly all names are
        return text
    return _NOT_IN_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def full_date(text: str) -> str | None:
    """Return a date that Plex takes, "" for none, or None where Stash's cannot be read."""
    if not text.strip():
        return ""
    found = _DATE.fullmatch(text.strip()[:10])
    if not found:
        return None
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None


def one_decimal(number: float) -> str:
    """Return a rating as it is written: 8.3 may come back from Plex as 8.300000190734863."""
    return f"{round(number, 1) + 0.0:.1f}"
