"""The questions of the set-up that go to Stash: what other plugins left there.

They run as `worker.questions` do. Looking changes nothing; addresses are removed by a question of
its own, which a person asked for after seeing some of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict

from errors import NotConfiguredError
from stash.elsewhere import ElsewhereClient
from worker.elsewhere import PLUGINS, offers_of
from worker.elsewhere_note import ADDRESSES, SETTINGS
from worker.questions import Facts

log = logging.getLogger("PlexSync.worker")

SHOWN = 10
AT_ONCE = 20  # scenes a call, of which each starts a process of every plugin with a hook


def elsewhere(facts: Facts) -> dict[str, object]:
    """What is offered of other plugins' settings, and how many scenes hold stale addresses."""
    parts = facts.words.get("what", "").split()
    told: dict[str, object] = {"offers": [], "unlike": [], "urls": None}
    with closing(_stash(facts)) as stash:
        if SETTINGS in parts:
            has_token = bool(facts.settings.plex_token)
            offers, unlike = offers_of(stash.stored_by(PLUGINS), has_token=has_token)
            told["offers"] = [asdict(one) for one in offers]
            told["unlike"] = [asdict(one) for one in unlike]
        if ADDRESSES in parts:
            scenes = stash.stale_addresses()
            shown = [asdict(one) for one in scenes[:SHOWN]]
            told["urls"] = {"count": len(scenes), "scenes": shown}
    return told


def remove_urls(facts: Facts) -> dict[str, object]:
    """Take stale addresses out of scenes; how many scenes had one, and how many have none now."""
    with closing(_stash(facts)) as stash:
        scenes = stash.stale_addresses()
        done = 0
        for start in range(0, len(scenes), AT_ONCE):
            if facts.stopped.is_set():
                break
            chunk = scenes[start : start + AT_ONCE]
            stash.remove_addresses(chunk)
            done += len(chunk)
            facts.show({"count": len(scenes), "removed": done})
    log.info("stale addresses of Plex were removed from %d scenes in Stash", done)
    return {"count": len(scenes), "removed": done}


STASH_QUESTIONS: dict[str, Callable[[Facts], dict[str, object]]] = {
    "elsewhere": elsewhere,
    "remove_urls": remove_urls,
}


def _stash(facts: Facts) -> ElsewhereClient:
    if facts.stash is None:
        raise NotConfiguredError("nobody said yet how to reach Stash", remedy="save any scene")
    return ElsewhereClient(facts.stash)
