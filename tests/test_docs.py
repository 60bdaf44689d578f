"""The documents lead to what exists, and what is made from the code is as the code has it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

import catalogue
from demo.stash.manifest import read_manifest
from docs.tables import BEGIN, END, settings_page
from errors import ItemGoneError, SceneError, UnsupportedError
from mirror.paths import parse_mappings
from plex import transport
from plex.client import IDS_PER_READ
from plex.lookup import PAGE
from plex.pictures import LONGEST_BYTES
from worker.backoff import retry_after
from worker.settings_table import SETTINGS

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
NAMES = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
ROOMS = ("mirror", "plex", "plugin", "stash", "sync_queue", "worker")
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def prose(name: str) -> str:
    """A document without its blocks of code."""
    return _FENCE.sub("", read(name))


def anchor(heading: str) -> str:
    """The name under which a heading can be linked to."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def dead_links(name: str) -> Iterator[str]:
    here = ROOT / name
    for link in _LINK.findall(prose(name)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, heading = unquote(link).partition("#")
        target = (here.parent / path).resolve() if path else here
        if not target.exists():
            yield link
        elif heading:
            headings = _HEADING.findall(_FENCE.sub("", target.read_text(encoding="utf-8")))
            if heading not in map(anchor, headings):
                yield link


def test_every_document_that_the_code_names_exists() -> None:
    tracked = [ROOT / "Makefile", ROOT / "pyproject.toml", *ROOT.glob("*.py")]
    tracked += [path for one in ROOMS for path in (ROOT / one).rglob("*.py")]
    texts = [path.read_text(encoding="utf-8") for path in tracked]
    named = {one for text in texts for one in re.findall(r"\b[\w/]+\.md\b", text)}
    assert "docs/errors.md" in named
    assert [one for one in sorted(named) if not (ROOT / one).exists()] == []


def make_targets() -> set[str]:
    return set(_TARGET.findall(read("Makefile")))


def test_every_target_is_one_also_where_a_folder_has_its_name() -> None:
    [listed] = re.findall(r"^\.PHONY: (.+)$", read("Makefile"), re.MULTILINE)
    assert set(listed.split()) == make_targets()


def test_the_figures_of_the_readme_are_those_that_were_measured() -> None:
    measured = read("README.md").partition("## Measured")[2].partition("\n## ")[0]
    figures = re.findall(r"[\d.,]*\d(?: (?:s|ms|MB|%))", measured)
    assert len(figures) >= 5
    assert [one for one in figures if one not in read("docs/performance.md")] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_to_a_file_and_a_heading_that_exist(name: str) -> None:
    assert list(dead_links(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_make_target_that_is_named_exists(name: str) -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z][a-z-]*)", read(name), re.MULTILINE))
    assert named <= make_targets()


def test_every_document_can_be_reached_from_the_readme() -> None:
    seen: set[str] = set()
    waiting = ["README.md"]
    while waiting:
        name = waiting.pop()
        seen.add(name)
        for link in _LINK.findall(prose(name)):
            target = ((ROOT / name).parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.is_file():
                found = target.relative_to(ROOT).as_posix()
                waiting += [found] if found not in seen else []
    assert set(NAMES) <= seen


@pytest.mark.parametrize("name", ["docs/architecture.md", "docs/decisions.md"])
def test_files_and_folders_that_are_named_exist(name: str) -> None:
    text = read(name).partition("## The data folder")[0]
    named = set(re.findall(r"`([\w/.]+(?:\.py|\.js|/))`", text))
    assert named
    assert [one for one in sorted(named) if not (ROOT / one).exists()] == []


def test_the_architecture_names_every_room_and_most_modules() -> None:
    """What it leaves out is found from there by an import or by a first line."""
    text = read("docs/architecture.md")
    tracked = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert {one for one in tracked if f"| `{one}/` |" not in text} == set()
    modules = [path for one in ROOMS for path in (ROOT / one).glob("*.py") if path.stem[0] != "_"]
    named = [path for path in modules if f"`{path.relative_to(ROOT).as_posix()}`" in text]
    assert len(named) > 0.6 * len(modules)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_no_more_than_the_architecture_says(room: str) -> None:
    [row] = [one for one in read("docs/architecture.md").splitlines() if f"| `{room}/` |" in one]
    allowed = {one for one in ROOMS if f"`{one}/`" in row.split("|")[3]} | {room}
    if "all below" in row:
        allowed = set(ROOMS)
    found: set[str] = set()
    for path in (ROOT / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
            elif isinstance(node, ast.Import):
                found |= {one.name.partition(".")[0] for one in node.names}
    assert found & set(ROOMS) <= allowed


def test_the_waits_that_are_told_are_those_of_the_worker() -> None:
    rows = re.findall(
        r"^\| (?:`(\w+)`|any other) \| (\d+) \| (?:(\d+) s)? ?\| (?:(\d+) s)? ?\|$",
        read("docs/queue.md"),
        re.MULTILINE,
    )
    classes = {one.code: one for one in SceneError.__subclasses__()} | {"item_gone": ItemGoneError}
    assert {code for code, *_ in rows} == {*classes, ""}
    for code, attempts, first, longest in rows:
        error = classes.get(code, UnsupportedError)("told")
        waits = [retry_after(error, number, luck=1.0) for number in range(1, int(attempts) + 1)]
        assert waits.index(None) == int(attempts) - 1
        assert waits[0] == (float(first) if first else None)
        assert not longest or max(filter(None, waits)) <= float(longest)


def test_what_is_made_from_the_code_is_as_the_code_has_it() -> None:
    """`make docs` writes it anew."""
    page = read("docs/settings.md")
    assert page.count(BEGIN) == page.count(END) == 1
    assert page == settings_page(page)
    assert all(f"`{one.key}`" in page for one in SETTINGS)
    assert read("docs/errors.md") == catalogue.as_markdown()


def test_every_task_and_every_command_is_explained() -> None:
    page = read("docs/quickstart.md")
    tasks = re.findall(r"^\| ([A-Z][^|]+) \|", page, re.MULTILINE)
    assert sorted(tasks) == sorted(one.name for one in read_manifest(ROOT / "PlexSync.yml").tasks)
    told = subprocess.run(
        [sys.executable, str(ROOT / "PlexSync.py"), "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    commands = re.findall(r"^    (\w+)  ", told, re.MULTILINE)
    assert len(commands) > 4
    assert [one for one in commands if f"PlexSync.py {one}" not in page] == []
    assert set(re.findall(r"--[a-z]+(?:-[a-z]+)*", page)) <= {
        *re.findall(r"--[\w-]+", told),
        "--of",
    }


def seconds_in(room: str, name: str) -> str:
    """A constant that one module of a room holds, in whole seconds."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / room).glob("*.py"))]
    [found] = re.findall(rf"^{name} = (\d+)\.0$", "\n".join(texts), re.MULTILINE)
    return str(found)


def test_the_limits_that_are_told_are_those_of_the_code() -> None:
    security, matching = read("docs/security.md"), read("docs/matching.md")
    assert f"end at {transport.LONGEST_ANSWER_BYTES // 2**20} MB" in security
    plex = f"{transport.CONNECT_SECONDS:.0f} seconds to connect and {transport.READ_SECONDS:.0f}"
    stash = " and ".join(seconds_in("stash", one) for one in ("CONNECT_SECONDS", "READ_SECONDS"))
    assert f"{plex} to go on (Stash: {stash})" in security
    assert f"at most {LONGEST_BYTES // 10**6} MB" in security
    assert f"up to {IDS_PER_READ} in one" in matching
    assert f"{PAGE:,} items a page" in matching


def test_every_mapping_of_the_page_about_paths_leads_where_the_page_says() -> None:
    """Its tables hold a path of Stash, a path of Plex and the mapping between them."""
    cells = [line.split("|")[1:-1] for line in read("docs/paths.md").splitlines() if "|" in line]
    codes = [[one.strip().strip("`") for one in row] for row in cells if row[0].count("`") == 2]
    assert len(codes) > 8
    for stash, plex, written, *_ in codes:
        mapping, complaints = parse_mappings("" if written == "none" else written)
        assert complaints == ()
        assert mapping.to_plex(stash) == plex
        assert mapping.to_stash(plex) == stash
