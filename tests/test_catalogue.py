"""Every code that can be met is explained, and the document says what the table says."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue import ACTIONS, CATALOGUE, as_markdown, explain
from errors import PlexSyncError

ROOT = Path(__file__).parents[1]
FOLDERS = ("mirror", "plex", "plugin", "stash", "sync_queue", "worker")


def modules() -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


def module_named(path: Path) -> object:
    return importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def classes(base: type[PlexSyncError]) -> Iterator[type[PlexSyncError]]:
    yield base
    for one in base.__subclasses__():
        yield from classes(one)


def literals(path: Path) -> Iterator[str]:
    """What is given as `code=` anywhere, also by the name of a constant."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    given = [
        word.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for word in node.keywords
        if word.arg == "code"
    ]
    for value in given:
        if isinstance(value, ast.Constant):
            yield str(value.value)
        elif isinstance(value, ast.Name) and value.id.isupper():
            yield str(getattr(module_named(path), value.id))


def codes_in_use() -> set[str]:
    for path in modules():
        module_named(path)  # whatever derives from our errors is known once it is loaded
    named = {one.code for one in classes(PlexSyncError)}
    told = {code for path in modules() for code in literals(path)}
    return {*named, *told, "unexpected"} - {""}


def test_the_walk_finds_codes_of_both_kinds() -> None:
    found = codes_in_use()
    assert {"no_library", "held", "ignored", "refused_edit", "not_in_plex"} <= found


def test_every_code_has_a_cause_and_a_remedy() -> None:
    assert codes_in_use() <= CATALOGUE.keys()


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_an_entry_says_enough_and_offers_a_button_that_exists(code: str) -> None:
    entry = explain(code)
    assert len(entry.cause) > 15
    assert len(entry.remedy) > 8
    assert entry.action in ACTIONS
    assert "{" not in entry.told()
    assert entry.cause[0].islower() or entry.cause.startswith(("Plex", "Stash"))


def test_an_unknown_code_is_an_error_without_a_name() -> None:
    assert explain("from a newer version") == CATALOGUE["error"]


def test_the_document_is_made_from_the_table() -> None:
    """`make docs` writes it anew."""
    assert (ROOT / "docs" / "errors.md").read_text(encoding="utf-8") == as_markdown()
