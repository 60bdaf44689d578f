"""GraphQL's queries.

`Any` stands for values that the schema has checked before a resolver sees them.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphql import GraphQLResolveInfo

from demo.stash import filters
from demo.stash.core import Asker
from demo.stash.jobs import Job
from demo.stash.journal import LogLine
from demo.stash.records import KINDS, Kind, Named, Scene
from demo.stash.resolvers import Fields, Resolver, asker_of, store_of

if TYPE_CHECKING:
    Info = GraphQLResolveInfo[Asker]

_DATABASE_SCHEMA = 75


def _find_scene(_root: object, info: Info, **arguments: Any) -> Scene | None:
    return store_of(info).scenes.get(int(arguments.get("id") or 0))


def _find_scenes(_root: object, info: Info, **arguments: Any) -> dict[str, Any]:
    store = store_of(info)
    ids = arguments.get("ids") or arguments.get("scene_ids")
    if ids:
        rows = found = filters.by_ids(store.scenes, ids, "scene")
    else:
        test = filters.scene_test(store, arguments.get("scene_filter") or {})
        wanted = arguments.get("filter")
        rows = filters.keep_text([one for one in store.all_scenes() if test(one)], wanted)
        found = list(filters.page(filters.order(rows, wanted), wanted))
    files = [file for scene in rows for file in store.files_of(scene)] if _asks(info) else []
    return {
        "count": len(rows),
        "scenes": found,
        "duration": sum(file.duration for file in files),
        "filesize": float(sum(file.size for file in files)),
    }


def _asks(info: Info) -> bool:
    """Whether sums over files are wanted; they would make every search dear."""
    asked = info.field_nodes[0].selection_set
    names = {getattr(one, "name", None) for one in asked.selections} if asked else set()
    return any(name is not None and name.value in {"duration", "filesize"} for name in names)


def _find_one(kind: Kind) -> Resolver:
    def resolve(_root: object, info: Info, **arguments: Any) -> Named | None:
        return store_of(info).named[kind].get(int(arguments["id"]))

    return resolve


def _find_many(kind: Kind) -> Resolver:
    noun = kind.lower()

    def resolve(_root: object, info: Info, **arguments: Any) -> dict[str, Any]:
        store = store_of(info)
        ids = arguments.get("ids") or arguments.get("performer_ids")
        if ids:
            found = filters.by_ids(store.named[kind], ids, noun)
            return {"count": len(found), f"{noun}s": found}
        test = filters.named_test(store, arguments.get(f"{noun}_filter") or {})
        wanted = arguments.get("filter")
        with store.lock:
            every = list(store.named[kind].values())
        rows = filters.keep_text([one for one in every if test(one)], wanted)
        return {
            "count": len(rows),
            f"{noun}s": filters.page(filters.order(rows, wanted), wanted),
        }

    return resolve


def _configuration(_root: object, info: Info) -> dict[str, Any]:
    core = asker_of(info).core
    known = core.sessions.credentials
    folder = core.folder
    general = {
        "stashes": [
            {"path": one, "excludeVideo": False, "excludeImage": False}
            for one in core.store.stash_paths
        ],
        "databasePath": str(folder / "stash-go.sqlite"),
        "generatedPath": str(folder / "generated"),
        "configFilePath": str(folder / "config.yml"),
        "pluginsPath": str(core.plugins.folder),
        "cachePath": str(folder / "cache"),
        "parallelTasks": core.parallel_tasks,
        "apiKey": known.api_key if known else "",
        "username": known.username if known else "",
        "maxSessionAge": int(core.sessions.max_age_seconds),
        "pythonPath": "",
    }
    return {"general": general}


def _system_status(_root: object, info: Info) -> dict[str, Any]:
    folder = asker_of(info).core.folder
    return {
        "databaseSchema": _DATABASE_SCHEMA,
        "appSchema": _DATABASE_SCHEMA,
        "databasePath": str(folder / "stash-go.sqlite"),
        "configPath": str(folder / "config.yml"),
        "status": "OK",
        "os": platform.system().lower(),
        "workingDir": os.getcwd(),  # noqa: PTH109 - a text, as Stash gives it
        "homeDir": str(Path.home()),
    }


def _stats(_root: object, info: Info) -> dict[str, int]:
    store = store_of(info)
    counts = {f"{kind.lower()}_count": len(store.named[kind]) for kind in KINDS}
    return {"scene_count": len(store.scenes), **counts}


def _version(_root: object, info: Info) -> dict[str, str]:
    return {"version": asker_of(info).core.version, "hash": "", "build_time": ""}


def _job_queue(_root: object, info: Info) -> list[Job] | None:
    return asker_of(info).core.jobs.waiting_and_running() or None


def _find_job(_root: object, info: Info, **arguments: Any) -> Job | None:
    return asker_of(info).core.jobs.find(int(arguments["input"]["id"]))


def _logs(_root: object, info: Info) -> list[LogLine]:
    return asker_of(info).core.journal.newest()


QUERIES: Fields = {
    "findScene": _find_scene,
    "findScenes": _find_scenes,
    **{f"find{kind}": _find_one(kind) for kind in KINDS},
    **{f"find{kind}s": _find_many(kind) for kind in KINDS},
    "configuration": _configuration,
    "plugins": lambda _root, info: asker_of(info).core.plugins.all() or None,
    "systemStatus": _system_status,
    "stats": _stats,
    "version": _version,
    "jobQueue": _job_queue,
    "findJob": _find_job,
    "logs": _logs,
}
