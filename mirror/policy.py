"""What a person chose about the content of items: the part of the settings that decides edits."""

from __future__ import annotations

from dataclasses import dataclass

from mirror.template import Template

POSTER = "poster"
BACKGROUND = "background"
GENRES = "genre"
LABELS = "label"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Choices that change what an item should show; all of them enter the fingerprint.

    Attributes:
        title: How a title is made; None: it is Stash's own.
        sort_title: The same for the title to sort by; None: Plex's is left alone.
        sync_ratings: Stash's rating becomes the Plex user's rating.
        content_rating: Shown on every item; empty: Plex's is left alone.
        tags_as: The lists that Stash's tags become: `GENRES`, `LABELS` or both.
        only_tags: By `tag_key`; empty: every tag is shown.
        not_tags: By `tag_key`; these are not shown.
        tag_parents: The tags above a scene's tags are shown like its own.
        organized_label: A label for organized scenes; empty: none.
        group_collections: A scene's groups become collections.
        studio_collections: Its studio becomes one.
        network_collections: The studio that its studio belongs to becomes one.
        performer_roles: What tells performers of one name apart becomes their role.
        cover_as: What Stash's cover becomes: `POSTER`, `BACKGROUND`, both or nothing.
        pad_covers: Covers are padded to a poster's shape.
        keep_plex_edits: What a person changed in Plex wins over Stash.
    """

    title: Template | None = None
    sort_title: Template | None = None
    sync_ratings: bool = False
    content_rating: str = ""
    tags_as: frozenset[str] = frozenset({GENRES})
    only_tags: frozenset[str] = frozenset()
    not_tags: frozenset[str] = frozenset()
    tag_parents: bool = False
    organized_label: str = ""
    group_collections: bool = False
    studio_collections: bool = False
    network_collections: bool = False
    performer_roles: bool = False
    cover_as: frozenset[str] = frozenset({POSTER})
    pad_covers: bool = False
    keep_plex_edits: bool = False

    @property
    def pictures(self) -> bool:
        """Whether covers are sent at all."""
        return bool(self.cover_as)
