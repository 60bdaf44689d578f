"""What a person chose about the content of items: the part of the settings that decides edits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Choices that change what an item should show; all of them enter the fingerprint.

    Attributes:
        sync_ratings: Stash's rating becomes the Plex user's rating.
        pictures: Stash's cover becomes the item's poster.
        keep_plex_edits: What a person changed in Plex wins over Stash.
    """

    sync_ratings: bool = False
    pictures: bool = True
    keep_plex_edits: bool = False
