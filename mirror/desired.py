"""What a Plex item should show for a scene, by Plex's field names and in Plex's normal form.

Single values that Stash says nothing about are left out. What only a setting asks for (a content
rating, a sort title) is always spoken for: without the setting it is empty, so that a value of
ours goes with it. What was never ours stays, which `mirror.edit` sees to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mirror.normal import clean_text, full_date, normal_form, one_decimal, tag_key
from mirror.policy import Policy
from mirror.wanted_tags import wanted_tags
from mirror.wanted_title import wanted_title
from plex.item import Tag
from stash.scene import Scene

__all__ = ["Desired", "desired_item", "normal_form", "tag_key"]


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
    called = wanted_title(scene, policy)
    scalars = {
        "title": called.title,
        "titleSort": called.sort_title,
        "summary": clean_text(scene.details).rstrip(),
        "studio": clean_text(scene.studio.name).strip() if scene.studio else "",
        "contentRating": clean_text(policy.content_rating).strip(),
    }
    if not scalars["title"]:
        del scalars["title"]
    date = full_date(scene.date)
    if date is not None:
        scalars["originallyAvailableAt"] = date
    if policy.sync_ratings:
        scalars["userRating"] = "" if scene.rating100 is None else one_decimal(scene.rating100 / 10)
    return Desired(
        scalars=scalars, tags=wanted_tags(scene, policy), title_is_fallback=called.is_fallback
    )
