"""What a Plex item should show for a scene, by Plex's field names and in Plex's normal form.

Nothing is cut and nothing is invented: text keeps its newlines and its Unicode. Only characters
that Plex's XML answers cannot carry are left out, because one of them in one item would make
every answer that holds the item unreadable.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mirror.policy import Policy
from plex.item import Tag
from stash.scene import Scene

_NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """What Stash wants an item to show.

    Attributes:
        scalars: Only the fields that we speak for; empty text means that Stash has none.
        tags: The full wanted lists in Stash's order, without doubles.
        title_is_fallback: The title comes from the file name and so never replaces a title
            that we did not write.
    """

    scalars: Mapping[str, str]
    tags: Mapping[str, tuple[Tag, ...]]
    title_is_fallback: bool = False


def desired_item(scene: Scene, policy: Policy) -> Desired:
    """Return what the item of `scene` should show."""
    title = _one_line_ends(scene.title).strip()
    scalars = {
        "title": title or _name_of_file(scene.files),
        "summary": _one_line_ends(scene.details).rstrip(),
        "studio": _one_line_ends(scene.studio.name).strip() if scene.studio else "",
    }
    if not scalars["title"]:
        del scalars["title"]
    date = _full_date(scene.date)
    if date is not None:
        scalars["originallyAvailableAt"] = date
    if policy.sync_ratings:
        scalars["userRating"] = _rating(scene.rating100)
    tags = {
        "genre": _tags(tag.name for tag in scene.tags),
        "actor": _tags(performer.name for performer in scene.performers),
        # Stash's director is free text: a comma in it may belong to a name, so it is not split.
        "director": _tags([scene.director]),
    }
    return Desired(scalars=scalars, tags=tags, title_is_fallback=not title)


def normal_form(field: str, value: str) -> str:
    """Return `value` in the form in which two values of one field are compared, never written."""
    text = unicodedata.normalize("NFC", _one_line_ends(value)).rstrip()
    if field == "originallyAvailableAt":
        return text[:10].rstrip()
    if field == "userRating":
        try:
            return _one_decimal(float(text))
        except ValueError:
            return text
    return text


def tag_key(value: str) -> str:
    """Return what identifies a value of a list: Plex may change the case of what it is given."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", value).lower()).strip()


def _tags(names: Iterable[str]) -> tuple[Tag, ...]:
    """Two performers of one name are one actor in Plex, and so are two cases of one tag."""
    kept: dict[str, Tag] = {}
    for name in names:
        text = _one_line_ends(name).strip()
        if text:
            kept.setdefault(tag_key(text), Tag(text))
    return tuple(kept.values())


def _one_line_ends(text: str) -> str:
    return _NOT_IN_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _name_of_file(files: tuple[str, ...]) -> str:
    """Return the primary file's name without extension; Stash may run on Windows, we elsewhere."""
    if not files:
        return ""
    name = re.split(r"[/\\]", files[0])[-1]
    stem, dot, _ = name.rpartition(".")
    has_extension = bool(dot and stem.strip("."))
    return _one_line_ends(stem if has_extension else name).strip()


def _full_date(text: str) -> str | None:
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


def _rating(rating100: int | None) -> str:
    return "" if rating100 is None else _one_decimal(rating100 / 10)


def _one_decimal(number: float) -> str:
    # Plex keeps ratings as 32-bit floats: 8.3 may come back as 8.300000190734863.
    return f"{round(number, 1) + 0.0:.1f}"
