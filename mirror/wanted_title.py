"""What an item is called for a scene: its title and the title that it is sorted by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mirror.normal import clean_text, full_date
from mirror.policy import Policy
from mirror.wanted_tags import performer_names
from stash.scene import Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedTitle:
    """What an item is called; empty text where there is nothing to say.

    Attributes:
        is_fallback: The title holds the file's name, because the scene has none.
    """

    title: str
    sort_title: str
    is_fallback: bool


def wanted_title(scene: Scene, policy: Policy) -> WantedTitle:
    """Return what the item of `scene` is called."""
    own = clean_text(scene.title).strip()
    plain = own or _name_of_file(scene.files)
    values = _values(scene, plain) if policy.title or policy.sort_title else {}
    title = policy.title.fill(values) if policy.title else ""
    holds_plain = not title or policy.title is None or "title" in policy.title.fields
    return WantedTitle(
        title=title or plain,
        sort_title=(policy.sort_title.fill(values) or plain) if policy.sort_title else "",
        is_fallback=not own and holds_plain,
    )


def _values(scene: Scene, plain: str) -> Mapping[str, str]:
    """Return what a template's fields stand for; a date is shown as Stash has it."""
    date = scene.date.strip() if full_date(scene.date) else ""
    studio = scene.studio
    values = {
        "title": plain,
        "studio": studio.name if studio else "",
        "network": studio.parent.name if studio and studio.parent else "",
        "date": date,
        "year": date[:4],
        "performers": ", ".join(performer_names(scene)),
        "director": scene.director,
        "id": str(scene.id),
    }
    return {name: clean_text(value).strip() for name, value in values.items()}


def _name_of_file(files: tuple[str, ...]) -> str:
    """Return the primary file's name without extension; Stash may run on Windows, we elsewhere."""
    if not files:
        return ""
    name = re.split(r"[/\\]", files[0])[-1]
    stem, dot, _ = name.rpartition(".")
    has_extension = bool(dot and stem.strip("."))
    return clean_text(stem if has_extension else name).strip()
