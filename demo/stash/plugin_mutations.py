"""What runs plugins and jobs on request, and changes plugins' settings.

`Any` stands for values that the schema has checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from graphql import GraphQLResolveInfo

from demo.stash import library
from demo.stash.core import Asker
from demo.stash.jobs import Job
from demo.stash.resolvers import Resolver, asker_of, store_of

if TYPE_CHECKING:
    Info = GraphQLResolveInfo[Asker]

Input = Mapping[str, Any]


def _configure_plugin(_root: object, info: Info, **arguments: Any) -> Input:
    settings: dict[str, object] = dict(arguments["input"])
    store_of(info).plugin_settings[arguments["plugin_id"]] = settings
    return settings


def _set_enabled(_root: object, info: Info, **arguments: Any) -> bool:
    disabled = store_of(info).disabled_plugins
    for plugin_id, enabled in arguments["enabledMap"].items():
        (disabled.discard if enabled else disabled.add)(plugin_id)
    return True


def _reload(_root: object, info: Info) -> bool:
    asker_of(info).core.plugins.reload()
    return True


def _run_task(_root: object, info: Info, **arguments: Any) -> int:
    core = asker_of(info).core
    plugin_id, task = arguments["plugin_id"], arguments.get("task_name")
    given = arguments.get("args_map")
    given = _old_arguments(arguments.get("args") or ()) if given is None else given
    shown = arguments.get("description") or task or plugin_id

    def run(job: Job) -> None:
        core.plugins.run_task(job, plugin_id, task, given)

    return core.jobs.add(f"Running plugin task: {shown}", run)


def _old_arguments(given: Any) -> dict[str, object]:
    """Arguments as lists of keys and typed values, the way before `args_map`."""
    return {one["key"]: _old_value(one.get("value")) for one in given}


def _old_value(value: Any) -> object:
    for key in ("str", "i", "b", "f"):
        if value and value.get(key) is not None:
            plain: object = value[key]
            return plain
    if value and value.get("o") is not None:
        return _old_arguments(value["o"])
    return [_old_value(one) for one in value["a"]] if value and value.get("a") else None


def _run_operation(_root: object, info: Info, **arguments: Any) -> object:
    asker = asker_of(info)
    given = arguments.get("args") or {}
    return asker.core.plugins.operate(arguments["plugin_id"], given, gone=asker.gone)


def _stop_job(_root: object, info: Info, **arguments: Any) -> bool:
    asker_of(info).core.jobs.stop(int(arguments["job_id"]))
    return True


def _stop_all(_root: object, info: Info) -> bool:
    asker_of(info).core.jobs.stop_all()
    return True


def _library_job(description: str, make: Callable[..., Callable[[Job], None]]) -> Resolver:
    def resolve(_root: object, info: Info, **arguments: Any) -> int:
        core = asker_of(info).core
        return core.jobs.add(description, make(core, arguments["input"]))

    return resolve


PLUGIN_MUTATIONS: dict[str, Resolver] = {
    "configurePlugin": _configure_plugin,
    "setPluginsEnabled": _set_enabled,
    "reloadPlugins": _reload,
    "runPluginTask": _run_task,
    "runPluginOperation": _run_operation,
    "stopJob": _stop_job,
    "stopAllJobs": _stop_all,
    "metadataScan": _library_job("Scanning...", library.scan_job),
    "metadataClean": _library_job("Cleaning...", library.clean_job),
    "metadataAutoTag": _library_job("Auto-tagging...", library.auto_tag_job),
}
