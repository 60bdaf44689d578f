"""The settings in force: what Stash has stored, the token of the file, and a detected mapping."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from mirror.ledger import Ledger
from stash.scenes import Conditions
from worker.comparisons import Comparisons
from worker.known import note_settings
from worker.log import log_complaints, tell_names
from worker.path_side import PathSide
from worker.settings import Settings, read_settings
from worker.show import Show
from worker.token_file import read_token

log = logging.getLogger("PlexSync.worker")


class InForce:
    """Takes what Stash says about the plugin, and acts on what changed.

    Args:
        folder: The data folder, which may hold a token.
        ledger: Keeps word of it for other processes.
        paths: Knows the mapping in force.
        show: Where complaints are shown.
        comparisons: Begins what a changed setting asks for.
        connect_anew: What was learned with other settings is not true any more.

    Attributes:
        chosen: What a person set, without a detected mapping.
        settings: What is in force; None until Stash said what is stored.
        is_enabled: Whether the plugin is switched on.
    """

    def __init__(
        self,
        folder: Path,
        *,
        ledger: Ledger,
        paths: PathSide,
        show: Show,
        comparisons: Comparisons,
        connect_anew: Callable[[], None],
    ) -> None:
        self._folder = folder
        self._ledger = ledger
        self._paths = paths
        self._show = show
        self._comparisons = comparisons
        self._connect_anew = connect_anew
        self._stored: dict[str, object] = {}
        self.chosen = Settings()
        self.settings: Settings | None = None
        self.is_enabled = True

    def take(self, conditions: Conditions, now: float) -> None:
        """Take what Stash says; `now` is in Unix seconds."""
        self.is_enabled = conditions.enabled
        note_settings(self._ledger, conditions.settings)
        stored = self._stored_of(conditions)
        if self.settings is not None and stored == self._stored:
            return
        self._stored = stored
        self.chosen = read_settings(stored)
        tell_names(is_wanted=self.chosen.log_details)
        log_complaints(self.chosen.complaints)
        self._connect_anew()
        self.act(now)

    def is_news(self, conditions: Conditions) -> bool:
        """Whether taking it would change anything."""
        is_same = self._stored_of(conditions) == self._stored and self.settings is not None
        return not (conditions.enabled and is_same)

    def act(self, now: float) -> None:
        """Act on what a person chose, with the mapping that is in force."""
        self.settings = self._paths.in_force(self.chosen)
        self._show.complaints = self.chosen.complaints
        self._show.mapping = self._paths.notes(self.chosen)
        self._comparisons.take_settings(self.settings, now)

    def shows_tag_parents(self) -> bool:
        """Whether a tag shows on the scenes of those below it."""
        return bool(self.settings and self.settings.policy.tag_parents)

    def _stored_of(self, conditions: Conditions) -> dict[str, object]:
        """The stored settings, with the token from its file where the setting is empty."""
        stored = dict(conditions.settings)
        if not stored.get("plexToken"):
            stored["plexToken"] = read_token(self._folder)
        return stored
