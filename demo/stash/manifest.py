"""A plugin's `.yml`, read as strictly as Stash reads it: one unknown key and it does not load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from demo.stash.yaml_subset import Node, YamlError, parse

_OPERATION = {"name", "description", "defaultArgs", "execArgs"}
_TOP = {
    *{"name", "description", "url", "version", "interface", "exec", "errLog"},
    *{"tasks", "hooks", "ui", "settings"},
}
_UI = {"requires", "csp", "javascript", "css", "assets"}
_CSP = {"script-src", "style-src", "connect-src"}
_SETTING = {"type", "displayName", "description"}


class ManifestError(Exception):
    """Stash would log this and go on without the plugin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A task, or a hook with what triggers it."""

    name: str
    description: str
    default_args: Mapping[str, str]
    exec_args: tuple[str, ...]
    triggered_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A row of the settings page."""

    name: str
    display_name: str
    description: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All that a plugin says about itself.

    Attributes:
        id: The file's name without `.yml`.
        error_level: The level of lines on stderr that carry none.
    """

    id: str
    path: Path
    name: str
    description: str | None
    url: str | None
    version: str | None
    command: tuple[str, ...]
    error_level: str
    tasks: tuple[Operation, ...]
    hooks: tuple[Operation, ...]
    settings: tuple[Setting, ...]
    requires: tuple[str, ...]
    javascript: tuple[str, ...]
    css: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """The folder that `{pluginDir}` stands for."""
        return self.path.parent

    def task(self, name: str) -> Operation | None:
        """The task of this name."""
        return next((one for one in self.tasks if one.name == name), None)


def read_manifest(path: Path) -> Manifest:
    """Read one file; ManifestError says what Stash would not like."""
    try:
        return _manifest(path, parse(path.read_text(encoding="utf-8")))
    except (YamlError, OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path}: {error}") from error


def _manifest(path: Path, document: Node) -> Manifest:
    top = _mapping(document, "the manifest", _TOP)
    ui = _mapping(top.get("ui"), "ui", _UI)
    _mapping(ui.get("csp"), "ui.csp", _CSP)
    _mapping(ui.get("assets"), "ui.assets")
    interface = _text(top.get("interface")) or "raw"
    if interface not in {"raw", "rpc", "js"}:
        raise YamlError(f"invalid interface type {interface}")
    settings = _mapping(top.get("settings"), "settings")
    return Manifest(
        id=path.stem,
        path=path,
        name=_text(top.get("name")) or path.stem,
        description=_text(top.get("description")),
        url=_text(top.get("url")),
        version=_text(top.get("version")),
        command=_texts(top.get("exec"), "exec"),
        error_level=_text(top.get("errLog")) or "error",
        tasks=tuple(_operation(one, "tasks") for one in _list(top.get("tasks"), "tasks")),
        hooks=tuple(_operation(one, "hooks") for one in _list(top.get("hooks"), "hooks")),
        settings=tuple(_setting(name, settings[name]) for name in sorted(settings)),
        requires=_texts(ui.get("requires"), "ui.requires"),
        javascript=_texts(ui.get("javascript"), "ui.javascript"),
        css=_texts(ui.get("css"), "ui.css"),
    )


def _operation(node: Node, place: str) -> Operation:
    known = _OPERATION | ({"triggeredBy"} if place == "hooks" else set())
    row = _mapping(node, place, known)
    defaults = _mapping(row.get("defaultArgs"), f"{place}.defaultArgs")
    return Operation(
        name=_text(row.get("name")) or "",
        description=_text(row.get("description")) or "",
        default_args={key: _text(value) or "" for key, value in defaults.items()},
        exec_args=_texts(row.get("execArgs"), f"{place}.execArgs"),
        triggered_by=_texts(row.get("triggeredBy"), f"{place}.triggeredBy"),
    )


def _setting(name: str, node: Node) -> Setting:
    row = _mapping(node, f"settings.{name}", _SETTING)
    kind = _text(row.get("type")) or "STRING"
    if kind not in {"STRING", "NUMBER", "BOOLEAN"}:
        raise YamlError(f"invalid type {kind} for setting {name}")
    return Setting(
        name=name,
        display_name=_text(row.get("displayName")) or "",
        description=_text(row.get("description")) or "",
        type=kind,
    )


def _mapping(node: Node, place: str, known: set[str] | None = None) -> dict[str, Node]:
    if node is None:
        return {}
    if not isinstance(node, dict):
        raise YamlError(f"{place}: expected keys")
    unknown = sorted(set(node) - known) if known is not None else []
    if unknown:
        raise YamlError(f"{place}: field {', '.join(unknown)} not found")
    return node


def _list(node: Node, place: str) -> list[Node]:
    if node is None:
        return []
    if not isinstance(node, list):
        raise YamlError(f"{place}: expected a list")
    return node


def _text(node: Node) -> str | None:
    if isinstance(node, (dict, list)):
        raise YamlError(f"expected a text, found {node}")
    return node


def _texts(node: Node, place: str) -> tuple[str, ...]:
    return tuple(_text(one) or "" for one in _list(node, place))
