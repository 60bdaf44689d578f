"""Which path mapping is in force: what a person set, else what detection is sure of.

Detection runs once for each set of folders on the two sides, and again while scenes rest for want
of a mapping, an hour apart. What it finds is used unasked only when it is sure.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mirror.detection.detect import Detection, detect
from mirror.ledger import Ledger
from mirror.paths import PathMapping, check_mapping
from plex.server import Server
from plex.survey import files_with_names
from stash.client import StashClient
from worker.log import log_complaints
from worker.path_note import DETECTED
from worker.settings import Settings

log = logging.getLogger("PlexSync.worker")

SAMPLE = 400  # scenes
ENOUGH = 20  # files that have to agree, or half of all scenes where there are fewer
AGAIN_SECONDS = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the ledger keeps of the last detection.

    Attributes:
        of: Stands for the folders on the two sides; another text asks for another detection.
        at: Unix seconds.
        pairs: Stash's folder and Plex's.
        sentences: The same for a person.
        is_used: It is sure enough to be used unasked.
    """

    of: str = ""
    at: float = 0.0
    pairs: tuple[tuple[str, str], ...] = ()
    sentences: tuple[str, ...] = ()
    is_used: bool = False


class PathSide:
    """Knows the mapping in force.

    Args:
        ledger: Keeps what was detected.

    Attributes:
        folders: Stash's own library folders, as of the last connection to Plex.
        complaints: What is wrong with the mapping that a person set.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._server: Server | None = None
        self.folders: tuple[str, ...] = ()
        self.complaints: tuple[str, ...] = ()

    def in_force(self, settings: Settings) -> Settings:
        """The settings with the mapping that is used."""
        if settings.mapping.pairs:
            return settings
        kept = self.kept()
        return replace(settings, mapping=PathMapping(kept.pairs)) if kept.is_used else settings

    def notes(self, settings: Settings) -> tuple[str, ...]:
        """What a person should know of the mapping, a sentence each."""
        return self.complaints if settings.mapping.pairs else self.kept().sentences

    def kept(self) -> Kept:
        """The last detection."""
        raw = self._ledger.get_meta(DETECTED)
        if not raw:
            return Kept()
        plain = json.loads(raw)
        pairs = tuple((stash, plex) for stash, plex in plain.pop("pairs"))
        return Kept(**{**plain, "sentences": tuple(plain["sentences"])}, pairs=pairs)

    def prepare(self, chosen: Settings, server: Server, stash: StashClient, now: float) -> bool:
        """Look at the mapping once for each connection; whether the one in force changed.

        Args:
            chosen: What a person set.
            server: The connected server.
            stash: Where scenes come from.
            now: Unix seconds.

        Raises:
            WaitError: A server cannot be asked.
        """
        is_new = server is not self._server
        if is_new:
            self.folders = stash.folders()
        plex_folders = _folders(server)
        if chosen.mapping.pairs:
            if is_new:
                self.complaints = check_mapping(
                    chosen.mapping, stash_folders=self.folders, plex_folders=plex_folders
                )
                self.complaints = tuple(f"setting pathMappings: {one}" for one in self.complaints)
                log_complaints(self.complaints)
            self._server = server
            return False
        changed = self._detect_if_needed(server, stash, now)
        self._server = server
        return changed

    def detect(self, server: Server, stash: StashClient) -> tuple[Detection, int]:
        """Compare a sample of scenes with Plex's files; what was found, of how many scenes.

        Raises:
            WaitError: A server cannot be asked.
        """
        files, scenes = stash.sample_files(SAMPLE)
        enough = min(ENOUGH, -(-scenes // 2))
        sections = server.finder.sections
        plex_files = files_with_names(server.finder.lookup, sections, files, enough=enough)
        found = detect(files, plex_files, plex_folders=_folders(server), stash_folders=self.folders)
        return found, scenes

    def _detect_if_needed(self, server: Server, stash: StashClient, now: float) -> bool:
        of = _print_of(server, self.folders)
        kept = self.kept()
        is_same = kept.of == of
        if is_same and (kept.is_used or abs(now - kept.at) < AGAIN_SECONDS):
            return False
        if is_same and not self._ledger.resting_because("no_mapping", "no_library"):
            return False
        found, scenes = self.detect(server, stash)
        is_used = found.may_be_used(scenes) and bool(found.pairs)
        new = Kept(
            of=of, at=now, pairs=found.pairs, sentences=_sentences(found, is_used), is_used=is_used
        )
        plain = {name: getattr(new, name) for name in Kept.__slots__}
        self._ledger.set_meta(DETECTED, json.dumps(plain))
        if new.sentences:
            log.info("path mappings were looked for; the page says what was found")
        for sentence in new.sentences:
            log.debug("%s", sentence)
        before = kept.pairs if kept.is_used else ()
        return before != (new.pairs if new.is_used else ())


def _sentences(found: Detection, is_used: bool) -> tuple[str, ...]:
    """What a person should know; nothing where both sides see the same paths."""
    if not found.pairs and not found.alternatives and not found.missing_folders:
        return ()
    used = "This path mapping was detected and is used, because none is set"
    proposed = "No path mapping is set; one was detected that is not sure enough to be used unasked"
    told = (used if is_used else proposed,) if found.pairs else ()
    return (*told, *found.sentences())


def _folders(server: Server) -> tuple[str, ...]:
    return tuple(place for one in server.finder.sections for place in one.locations)


def _print_of(server: Server, stash_folders: Sequence[str]) -> str:
    facts = (server.machine, sorted(_folders(server)), sorted(stash_folders))
    return hashlib.sha256(repr(facts).encode("utf-8", "backslashreplace")).hexdigest()[:32]
