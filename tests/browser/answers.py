"""What the plugin would answer in each state, in the shapes of docs/operations.md."""

from __future__ import annotations

import time
from typing import Any

COUNTS = ("in_step", "waiting", "retrying", "next_retry", "failed", "not_in_plex", "ambiguous")
MORE_COUNTS = ("merged", "filtered", "undone", "ignored", "gone", "held_undo")


def light(level: str, sentence: str, *, since: float | None = None) -> dict[str, object]:
    """The light and its sentence."""
    return {"level": level, "sentence": sentence, "since": since}


def status(**changes: object) -> dict[str, Any]:
    """Everything in step, with some changes to that."""
    now = time.time()
    counts = {name: None if name == "next_retry" else 0 for name in (*COUNTS, *MORE_COUNTS)}
    told: dict[str, Any] = {
        "light": light("in_step", "Plex shows all 1,204 scenes as Stash does.", since=now - 3600),
        "worker": {"lives": True, "since": now - 3600, "pid": 1, "version": "0.1.0"},
        "version": "0.1.0",
        "pause": None,
        "held": None,
        "complaints": [],
        "mapping": [],
        "counts": {**counts, "in_step": 1204},
        "troubles": [],
        "runs": [],
        "speed": 0.0,
        "seconds_left": None,
        "rate": None,
        "events": [event(45, "changed", "Title, summary and 3 tags were written", ago=40)],
        "setup": {"is_open": False, "is_done": True, "step": ""},
        "moves": False,
    }
    extra = changes.pop("counts", {})
    assert isinstance(extra, dict)
    told["counts"].update(extra)
    return {**told, **changes}


def event(scene: int, kind: str, text: str, *, ago: float) -> dict[str, object]:
    """Something that happened to a scene."""
    return {"at": time.time() - ago, "scene_id": scene, "kind": kind, "text": text}


def trouble(code: str, count: int, sentence: str, **more: object) -> dict[str, object]:
    """A group of scenes with one cause."""
    told = {"about": "", "remedy": "", "action": "none", **more}
    return {"code": code, "count": count, "sentence": sentence, **told}


def run(mode: str, done: int, total: int) -> dict[str, object]:
    """A run that goes on."""
    return {
        "id": f"{mode}-1",
        "mode": mode,
        "started": time.time() - 60,
        "total": total,
        "done": done,
        "counts": {},
        "fields": {},
        "lines": [],
        "finished": None,
        "cancelled": False,
    }


def candidate(key: int, title: str, path: str) -> dict[str, object]:
    """An item that could be the scene's."""
    return {"rating_key": key, "title": title, "library": "Videos", "path": path}


def scene(scene_id: int, **changes: object) -> dict[str, object]:
    """A scene that is in step."""
    now = time.time()
    item = {
        "rating_key": 123,
        "library": "Videos",
        "part": "/media/plex/scene.mp4",
        "found_by": "path",
        "link": "http://127.0.0.1:32400/web/index.html#!/server/1",
    }
    return {
        "scene_id": scene_id,
        "known": True,
        "state": "in_step",
        "code": "",
        "sentence": "Plex shows this scene as Stash does.",
        "remedy": "",
        "changed": now,
        "synced": now - 120,
        "next_try": None,
        "waits": False,
        "items": [item],
        "candidates": [],
        "chosen": None,
        "ignored": False,
        "kept": [],
        "refused": {},
        "cut": {},
        "events": [event(scene_id, "changed", "Title was written", ago=120)],
        **changes,
    }
