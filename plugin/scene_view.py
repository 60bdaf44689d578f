"""One scene, and the scenes of one trouble, as far as that is known without asking anybody."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote, urlsplit

from catalogue import explain
from errors import BadCallError
from mirror.view import ItemRow, LedgerView, SceneRow, viewing
from plugin.troubles import FOLDER_CODES
from stash.call import Command
from sync_queue.queue_status import SceneJob, read_counts, read_failed, read_job, read_statuses
from worker.known import SERVER

PAGE = 50
EVENTS_SHOWN = 20
MARKED = 1000  # scenes that one page of Stash shows, at most
_LEVELS = {"in_step": "in_step", "resting": "needs_you"}
_JOB_LEVELS = {"waiting": "working", "out": "working", "failed": "needs_you"}
_GONE_CODES = ("held",)
_SKIPPED_CODES = ("filtered", "ignored")


def read_scene(folder: Path | None, command: Command) -> dict[str, object]:
    """What is known of one scene.

    Args:
        folder: The data folder; None before the first use.
        command: Names the scene by its id.

    Raises:
        BadCallError: It names none.
    """
    if not command.run.isdigit():
        raise BadCallError('"scene" names no id', remedy='such as {"mode":"scene","id":45}')
    scene_id = int(command.run)
    if folder is None:
        return _told(scene_id, None, None, None)
    job = read_job(folder / "queue", scene_id)
    with viewing(folder / "ledger.db") as view:
        return _told(scene_id, job, view, view.scene(scene_id) if view else None)


def read_marks(folder: Path | None, command: Command) -> dict[str, object]:
    """How each of some scenes stands, in the words of the page's light.

    Args:
        folder: The data folder; None before the first use.
        command: Names the scenes by their ids.
    """
    ids = command.ids[:MARKED]
    if folder is None:
        return {"marks": {}}
    jobs = read_statuses(folder / "queue", ids)
    with viewing(folder / "ledger.db") as view:
        states = view.states_of(ids) if view else {}
    levels = {one: _LEVELS.get(state, "off") for one, state in states.items()}
    levels |= {one: _JOB_LEVELS[status] for one, status in jobs.items()}
    return {"marks": {str(one): level for one, level in levels.items()}}


def read_troubles(folder: Path | None, command: Command) -> dict[str, object]:
    """One page of the scenes of one trouble.

    Args:
        folder: The data folder; None before the first use.
        command: Names the code, perhaps what it is about, and the page.

    Raises:
        BadCallError: It names no code, or no page.
    """
    code, page = command.word("code"), command.word("page") or "1"
    if not code or not page.isdigit() or not 0 < int(page) < 10**9:
        raise BadCallError(
            '"troubles" names no code or no page',
            remedy='such as {"mode":"troubles","code":"no_library","page":1}',
        )
    about = command.words.get("about") or None
    offset = PAGE * (int(page) - 1)
    total, scenes = (0, []) if folder is None else _page(folder, code, about, offset)
    return {"total": total, "page": int(page), "scenes": scenes}


def _page(
    folder: Path, code: str, about: str | None, offset: int
) -> tuple[int, list[dict[str, object]]]:
    counts = read_counts(folder / "queue", now=0.0)
    failed = counts.failed_by_code.get(code, 0) if counts else 0
    with viewing(folder / "ledger.db") as view:
        if failed:
            letters = read_failed(folder / "queue", code, limit=PAGE, offset=offset)
            rows = {one.scene_id: view.scene(one.scene_id) if view else None for one in letters}
            return failed, [
                _in_trouble(one.scene_id, one.message, one.buried, rows[one.scene_id])
                for one in letters
            ]
        if view is None:
            return 0, []
        state = _state_of(code)
        total = view.counts().get(f"{state}/{code}", 0)
        if about is not None and code in FOLDER_CODES:
            total = view.count_of(code, about)
        found = view.scenes_because(state, code, about, limit=PAGE, offset=offset)
        return total, [_in_trouble(one.scene_id, one.message, one.changed, one) for one in found]


def _state_of(code: str) -> str:
    if code in _GONE_CODES:
        return "gone"
    return "skipped" if code in _SKIPPED_CODES else "resting"


def _in_trouble(
    scene_id: int, message: str, changed: float, row: SceneRow | None
) -> dict[str, object]:
    return {
        "scene_id": scene_id,
        "message": message,
        "changed": changed,
        "paths": row.paths if row else [],
        "candidates": row.detail.get("candidates", []) if row else [],
    }


def _told(
    scene_id: int, job: SceneJob | None, view: LedgerView | None, row: SceneRow | None
) -> dict[str, object]:
    items = view.items_of(scene_id) if view else []
    chosen = view.chosen(scene_id) if view else None
    is_ignored = view.is_ignored(scene_id) if view else False
    state, code, sentence = _stands(job, row, is_ignored=is_ignored)
    detail = row.detail if row else {}
    server = json.loads(view.meta(SERVER) or "{}") if view else {}
    return {
        "scene_id": scene_id,
        "known": row is not None or job is not None,
        "state": state,
        "code": code,
        "sentence": sentence,
        "remedy": explain(code).remedy if code else "",
        "changed": row.changed if row else 0.0,
        "synced": max((one.confirmed for one in items if one.confirmed), default=None),
        "next_try": job.due if job and job.status == "waiting" else None,
        "waits": job is not None and job.status != "failed",
        "items": [_item(one, chosen, server) for one in items],
        "candidates": detail.get("candidates", []),
        "chosen": chosen,
        "ignored": is_ignored,
        "kept": detail.get("kept", []),
        "refused": detail.get("refused", {}),
        "cut": detail.get("cut", {}),
        "events": view.events_of(scene_id, limit=EVENTS_SHOWN) if view else [],
    }


def _stands(
    job: SceneJob | None, row: SceneRow | None, *, is_ignored: bool
) -> tuple[str, str, str]:
    """State, code and sentence: a person's choice first, then the newest trouble."""
    if is_ignored:
        return "ignored", "ignored", explain("ignored").told()
    if job and job.status == "failed":
        return "failed", job.code, job.message
    if row is None:
        return "unknown", job.code if job else "", job.message if job else ""
    if job and job.code:  # it failed and is tried again
        return row.state, job.code, job.message
    told = explain(row.code).told(row.about) if row.code else ""
    return row.state, row.code, row.message or told


def _item(row: ItemRow, chosen: int | None, server: dict[str, object]) -> dict[str, object]:
    libraries = server.get("libraries")
    titles = libraries if isinstance(libraries, dict) else {}
    return {
        "rating_key": row.rating_key,
        "library": titles.get(row.section_uuid, ""),
        "part": row.part,
        "found_by": "choice" if chosen == row.rating_key else "path",
        "link": link_to(str(server.get("url") or ""), row.machine, row.rating_key),
    }


def link_to(url: str, machine: str, rating_key: int) -> str:
    """Where a person's browser shows an item.

    A server that is known by a name of this machine alone is nowhere in a browser: Plex's own page
    finds it then.
    """
    key = quote(f"/library/metadata/{rating_key}", safe="")
    place = f"#!/server/{quote(machine, safe='')}/details?key={key}"
    host = urlsplit(url).hostname or ""
    is_local = host.startswith("127.") or ("." not in host and ":" not in host) or host == "::1"
    if is_local or host.endswith(".internal"):
        return f"https://app.plex.tv/desktop/{place}"
    return f"{url}/web/index.html{place}"
