"""The questions of the set-up, each answered in a thread of its own from frozen facts.

None of them may be felt by a save, so none runs in the worker's loop, and none touches queue,
ledger or the connection that syncs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from catalogue import explain
from errors import NotConfiguredError, PlexSyncError, TokenRefusedError
from mirror.paths import PathMapping, parse_mappings
from plex.answers import Section
from plex.cache import MatchCache
from plex.client import PlexClient
from plex.discovery import discover
from plex.finder import Found, Wanted
from plex.server import Server, choose_sections
from plex.sign_in import LINK, SignIn
from stash.call import Connection
from worker.absence import folder_of
from worker.outside import Outside
from worker.settings import Settings, address_of, without_secrets
from worker.token_file import keep_token

SIGN_IN_SECONDS = 900.0  # plex.tv forgets a code after a quarter of an hour
LOOK_SECONDS = 2.0
PATIENCE_SECONDS = 10.0
_TYPE_NUMBERS = {"movie": 1, "show": 4}
_OWN_AGENTS = ("none", "personal", "phoenix")  # parts of the names of agents that ask nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a question may know.

    Attributes:
        folder: The data folder.
        words: What was asked, see `stash.call.Command`.
        settings: What is in force.
        identifier: The installation's client identifier.
        version: The plugin's.
        outside: Where else to look.
        match_cache: Path -> rating key.
        stash: How to reach Stash; None before anybody said so.
        show: Shows what is known so far.
        stopped: Set once nobody wants the answer any more.
    """

    folder: Path
    words: Mapping[str, str]
    settings: Settings
    identifier: str
    version: str
    outside: Outside
    match_cache: MatchCache
    stash: Connection | None
    show: Callable[[dict[str, object]], None]
    stopped: threading.Event

    def client(self, url: str, token: str) -> PlexClient:
        """A connection for this question alone."""
        return PlexClient(
            url,
            token,
            identifier=self.identifier,
            version=self.version,
            patience=PATIENCE_SECONDS,
            trust=self.settings.trust,
        )


def find_plex(facts: Facts) -> dict[str, object]:
    """Which servers answer at the usual addresses."""
    asked = facts.outside.to_ask(facts.settings.plex_url)
    found = discover(
        asked, identifier=facts.identifier, version=facts.version, group=facts.outside.group
    )
    servers = [
        {
            "url": one.url,
            "name": one.about.name,
            "version": one.about.version,
            "machine": one.about.machine,
            "claimed": one.about.claimed,
        }
        for one in found
    ]
    return {"servers": servers, "asked": list(asked)}


def test_plex(facts: Facts) -> dict[str, object]:
    """Whether an address leads to a Plex, and whether that takes the token."""
    text = facts.words.get("url", "") or facts.settings.plex_url
    token = facts.settings.plex_token
    told: dict[str, object] = {
        "ok": False,
        "url": without_secrets(text),
        "name": "",
        "version": "",
        "machine": "",
        "token": "missing",
        "error": "",
        "remedy": "",
    }
    try:
        told["url"] = url = address_of(text)
        with closing(facts.client(url, "")) as client:
            about = client.identity()
        told.update(ok=True, version=about.version, machine=about.machine)
        if token:
            with closing(facts.client(url, token)) as client:
                client.sections()
                told.update(token="good", name=client.about().name)  # noqa: S106 - a word
    except TokenRefusedError as error:
        told["token"] = "refused"  # noqa: S105 - a word
        told.update(_trouble(error))
    except PlexSyncError as error:
        told.update(_trouble(error))
    return told


def libraries(facts: Facts) -> dict[str, object]:
    """What libraries the server has, which are chosen, and which do not fit."""
    with closing(_connected(facts)) as client:
        sections = client.sections()
        try:
            chosen = {one.key for one in choose_sections(sections, facts.settings.libraries)[0]}
        except NotConfiguredError:
            chosen = set()
        return {
            "libraries": [
                {
                    "key": one.key,
                    "title": one.title,
                    "type": one.type,
                    "agent": one.agent,
                    "items": _size(client, one),
                    "locations": list(one.locations),
                    "chosen": one.key in chosen,
                    "advice": advice_on(one),
                }
                for one in sections
            ]
        }


def test_path(facts: Facts) -> dict[str, object]:
    """Where a mapping leads one file, and which items hold it."""
    path, mapping = facts.words.get("path", ""), facts.settings.mapping
    if facts.words.get("mapping"):
        mapping, complaints = parse_mappings(facts.words["mapping"])
        if complaints:
            return {"error": complaints[0], "mapped": "", "found": [], "sentence": complaints[0]}
    mapped = mapping.to_plex(path)
    with closing(_connected(facts)) as client:
        server = Server(client, libraries=facts.settings.libraries, match_cache=facts.match_cache)
        found = server.finder.find({0: Wanted(paths=(mapped,))})[0]
    if found.error:
        raise found.error
    titles = {one.key: one.title for one in server.finder.sections}
    items = [
        {
            "rating_key": one.rating_key,
            "title": one.scalars.get("title", ""),
            "library": titles.get(one.section_key, ""),
        }
        for one in (*found.items, *found.candidates)
    ]
    return {"mapped": mapped, "found": items, "sentence": _about_path(path, mapped, found, mapping)}


def sign_in(facts: Facts) -> dict[str, object]:
    """A code that a person types into plex.tv, and its end; the token is in no answer."""
    login = SignIn(identifier=facts.identifier, version=facts.version, pins=facts.outside.pins)
    told: dict[str, object] = {"code": login.code, "link": LINK}
    facts.show({**told, "state": "waiting"})
    looks = int(SIGN_IN_SECONDS / LOOK_SECONDS)
    for _ in range(looks):
        if facts.stopped.wait(LOOK_SECONDS):
            break  # nobody reads the answer any more
        state = login.look()
        if state == "good":
            keep_token(facts.folder, login.token)
        if state != "waiting":
            return {**told, "state": state}
    return {**told, "state": "expired"}


QUESTIONS: dict[str, Callable[[Facts], dict[str, object]]] = {
    "find_plex": find_plex,
    "test_plex": test_plex,
    "libraries": libraries,
    "test_path": test_path,
    "sign_in": sign_in,
}


def advice_on(section: Section) -> str:
    """What a person should know before they choose a library; "" where it fits."""
    if section.type == "show":
        return "a library of shows is used only if it is named in the settings"
    if section.type != "movie":
        return f"PlexSync does not write to a library of type {section.type}"
    if not section.locations:
        return "it has no folder"
    if any(part in section.agent.lower() for part in _OWN_AGENTS):
        return ""
    return (
        "its agent looks films up by their names; what PlexSync writes is locked and stays, but a "
        "library of Other Videos is quieter"
    )


def _connected(facts: Facts) -> PlexClient:
    settings = facts.settings
    if not settings.plex_url or not settings.plex_token:
        missing = "token" if settings.plex_url else "address"
        raise NotConfiguredError(f"Plex's {missing} is not known yet", remedy="set it first")
    return facts.client(settings.plex_url, settings.plex_token)


def _size(client: PlexClient, section: Section) -> int:
    number = _TYPE_NUMBERS.get(section.type)
    return client.listing(section.key, type_number=number, size=0).total if number else 0


def _about_path(path: str, mapped: str, found: Found, mapping: PathMapping) -> str:
    if found.items:
        return f"Plex has this file as item {', '.join(str(one.rating_key) for one in found.items)}"
    if found.candidates:
        return f"{len(found.candidates)} items in Plex hold this file; choose one at its scene"
    if not found.sections:
        hint = "" if mapping.pairs and mapped != path else "; a path mapping may be missing"
        return f"no chosen library of Plex has the folder {folder_of(mapped)}{hint}"
    return (
        f"the library {found.sections[0].title!r} has the folder, but Plex has not scanned this "
        "file, or it is not there"
    )


def _trouble(error: PlexSyncError) -> dict[str, object]:
    told = str(error)
    if error.remedy:
        told = told.removesuffix(f"; {error.remedy}")
    return {"error": told, "remedy": error.remedy or explain(error.code).remedy}
