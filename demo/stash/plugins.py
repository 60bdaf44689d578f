"""The plugins: which there are, and how Stash runs them for hooks, tasks and operations.

Hooks run one after another in the thread of the mutation that fires them. `gone` tells whether the
client of that mutation has left; the running process is then killed and the rest never starts.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from demo.stash.gojson import encode, sorted_map
from demo.stash.jobs import Job
from demo.stash.journal import Journal
from demo.stash.manifest import Manifest, ManifestError, Operation, read_manifest
from demo.stash.process import PluginOutput, PluginProcess
from demo.stash.store import Store, StoreError

_LOOK_SECONDS = 0.02


class ClientGoneError(Exception):
    """Whoever waited for the process does not wait any more."""

    def __init__(self) -> None:
        super().__init__("operation cancelled")


class Plugins:
    """All plugins below one folder.

    Args:
        connection: Builds the `server_connection` of a call from the plugin's folder.
        python: What `python` and `python3` in a manifest's `exec` mean.
    """

    def __init__(
        self,
        folder: Path,
        *,
        store: Store,
        journal: Journal,
        python: str,
        connection: Callable[[Path], dict[str, object]],
    ) -> None:
        self.folder = folder
        self._store = store
        self._journal = journal
        self._python = python
        self._connection = connection
        self._manifests: dict[str, Manifest] = {}
        self._lock = threading.Lock()
        self._processes: set[PluginProcess] = set()
        # As when the browser's tab is closed while a bulk edit runs: its hooks never start.
        self.loses_hook: Callable[[str], bool] = lambda _hook_type: False

    def reload(self) -> list[ManifestError]:
        """Read every `.yml` below the folder; return what was wrong with those left out."""
        errors: list[ManifestError] = []
        found: dict[str, Manifest] = {}
        for path in sorted(self.folder.rglob("*.yml")):
            try:
                manifest = read_manifest(path)
            except ManifestError as error:
                errors.append(error)
                continue
            if manifest.id.lower() in {one.lower() for one in found}:
                errors.append(ManifestError(f"{path}: plugin ID {manifest.id} already exists"))
            else:
                found[manifest.id] = manifest
        for one in errors:
            self._journal.write("error", f"Error loading plugin {one}")
        self._manifests = found
        return errors

    def all(self) -> list[Manifest]:
        """Every plugin that loaded."""
        return list(self._manifests.values())

    def is_enabled(self, plugin_id: str) -> bool:
        """Whether its hooks, tasks and operations run."""
        return plugin_id not in self._store.disabled_plugins

    def fire(
        self,
        hook_type: str,
        object_id: int,
        hook_input: object,
        *,
        fields: list[str] | None = None,
        gone: Callable[[], bool],
    ) -> None:
        """Run every hook of this type, one after another.

        Raises:
            ClientGoneError: The client left; hooks that had not started never will.
        """
        if self.loses_hook(hook_type):
            return
        context: dict[str, object] = {"id": object_id, "type": hook_type, "input": hook_input}
        if fields:
            context["inputFields"] = fields
        for manifest in self.all():
            hooks = [one for one in manifest.hooks if hook_type in one.triggered_by]
            for hook in hooks if self.is_enabled(manifest.id) else ():
                arguments = {**hook.default_args, "hookContext": context}
                process = self._start(manifest, hook, dict(sorted(arguments.items())))
                result = self._wait(process, gone)
                if result.error is not None:
                    text = f"{hook_type} [{manifest.name}]: returned error: {result.error}"
                    self._journal.write("error", text, plugin_id=manifest.id)

    def operate(
        self, plugin_id: str, arguments: Mapping[str, object], *, gone: Callable[[], bool]
    ) -> object:
        """Run an operation at once and return its output.

        Raises:
            StoreError: The plugin's own error, or there is no such plugin.
        """
        manifest = self._runnable(plugin_id)
        process = self._start(manifest, None, sorted_map(arguments))
        result = self._wait(process, gone)
        if result.error is not None:
            raise StoreError(result.error)
        return result.output

    def run_task(
        self, job: Job, plugin_id: str, task_name: str | None, arguments: Mapping[str, object]
    ) -> None:
        """Run a task in the place of a job; its errors go to the log only."""
        try:
            manifest = self._runnable(plugin_id)
            task = None if task_name is None else _task(manifest, task_name)
        except StoreError as error:
            text = f"Error creating plugin task: {error}"
            self._journal.write("error", text, plugin_id=plugin_id)
            return
        merged = {**(task.default_args if task else {}), **arguments}
        process = self._start(manifest, task, sorted_map(merged), job)
        try:
            result = self._wait(process, job.stopping.is_set)
        except ClientGoneError:
            return
        if result.error is not None:
            text = f"Plugin returned error: {result.error}"
            self._journal.write("error", text, plugin_id=manifest.id)

    def abandon_all(self) -> None:
        """Kill every process that still runs."""
        with self._lock:
            processes, self._processes = self._processes, set()
        for process in processes:
            process.abandon()

    def _runnable(self, plugin_id: str) -> Manifest:
        if not self.is_enabled(plugin_id):
            raise StoreError(f"plugin {plugin_id} is disabled")
        if plugin_id not in self._manifests:
            raise StoreError(f"no plugin with ID {plugin_id}")
        return self._manifests[plugin_id]

    def _start(
        self,
        manifest: Manifest,
        operation: Operation | None,
        arguments: object,
        job: Job | None = None,
    ) -> PluginProcess:
        command, environment = self._command(manifest, operation)
        call = {"server_connection": self._connection(manifest.folder), "args": arguments}

        def on_line(raw: bytes) -> None:
            line = self._journal.plugin_wrote(
                raw, plugin_id=manifest.id, default_level=manifest.error_level
            )
            if line.level == "progress" and job is not None:
                _report(job, line.message)

        try:
            process = PluginProcess(
                command, environment=environment, stdin=encode(call), on_line=on_line
            )
        except OSError as error:
            raise StoreError(f"error running plugin: {error}") from error
        with self._lock:
            self._processes = {one for one in self._processes if not one.done.is_set()}
            self._processes.add(process)
        return process

    def _command(
        self, manifest: Manifest, operation: Operation | None
    ) -> tuple[list[str], dict[str, str]]:
        words = [*manifest.command, *(operation.exec_args if operation else ())]
        if not words:
            raise StoreError("empty exec value in operation")
        program, *rest = words
        environment = dict(os.environ)
        if program in {"python", "python3"}:
            program = self._python
            parents = [environment.get("PYTHONPATH"), str(manifest.folder.parent.absolute())]
            environment["PYTHONPATH"] = os.pathsep.join(one for one in parents if one)
        folder = str(manifest.folder)
        return [program, *(one.replace("{pluginDir}", folder) for one in rest)], environment

    @staticmethod
    def _wait(process: PluginProcess, gone: Callable[[], bool]) -> PluginOutput:
        while not process.done.wait(_LOOK_SECONDS):
            if gone():
                process.kill()
                raise ClientGoneError
        return process.result


def _task(manifest: Manifest, name: str) -> Operation:
    task = manifest.task(name)
    if task is None:
        raise StoreError(f"no task with name {name} in plugin {manifest.name}")
    return task


def _report(job: Job, text: str) -> None:
    try:
        job.report(float(text))
    except ValueError:
        return  # Stash logs it and goes on
