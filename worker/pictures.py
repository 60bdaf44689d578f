"""Shows covers on the items of one batch, and notes what was shown before for undo."""

from __future__ import annotations

import logging
from dataclasses import replace

from errors import PlexSyncError, SceneError
from mirror.written import Written
from plex.answers import Picture
from plex.client import PlexClient
from worker.covers import CoverReader, picture_mark
from worker.plan import PICTURE_KINDS, Plan, Target

log = logging.getLogger("PlexSync.worker")


class Pictures:
    """Posters and backgrounds of one batch.

    Args:
        client: The Plex server.
        covers: Has the bytes.
        padded: Posters get a poster's shape.
    """

    def __init__(self, client: PlexClient, covers: CoverReader, *, padded: bool) -> None:
        self._client = client
        self._covers = covers
        self._padded = padded
        self._held: dict[tuple[int, str], tuple[Picture, ...]] = {}

    def noted(self, target: Target) -> Target:
        """The target with the pictures that are selected now, so that undo can select them again.

        Raises:
            WaitError: Plex cannot be asked.
        """
        stood = dict(target.stood)
        fields = [PICTURE_KINDS[kind][1] for kind in target.pictures]
        for kind in target.pictures:
            address, field = PICTURE_KINDS[kind]
            key = target.item.rating_key
            try:
                shown = self._client.pictures(key, address)
            except SceneError:
                continue  # it will be met again when the picture is sent
            self._held[key, address] = shown
            selected = next((one.key for one in shown if one.selected), "")
            stood[field] = replace(stood[field], value=selected)
        before = {**{field: stood[field] for field in fields}, **target.written.before}
        return replace(target, stood=stood, written=replace(target.written, before=before))

    def promised(self, plan: Plan, target: Target) -> Written:
        """What the ledger will hold once the pictures are shown, too: until then nobody knows."""
        mark = picture_mark(plan.cover.sha1, padded=self._padded)
        marks = {PICTURE_KINDS[kind][1]: mark for kind in target.pictures}
        written = target.written
        return replace(written, asked_scalars={**written.asked_scalars, **marks})

    def show(self, plan: Plan, target: Target) -> tuple[dict[str, str], PlexSyncError | None]:
        """Show the cover on one item.

        Returns:
            The mark of what is shown by field, and what kept us from the rest.
        """
        sent: dict[str, str] = {}
        for kind in target.pictures:
            address, field = PICTURE_KINDS[kind]
            key = target.item.rating_key
            try:
                is_shown = self._covers.show(
                    self._client,
                    key,
                    plan.cover,
                    address=plan.scene.cover,
                    kind=address,
                    padded=self._padded and kind == "poster",
                    held=self._held.get((key, address)),
                )
            except SceneError as error:
                log.warning("scene %d: its cover could not be sent: %s", plan.scene.id, error)
                return sent, error
            if is_shown:
                sent[field] = picture_mark(plan.cover.sha1, padded=self._padded)
        return sent, None
