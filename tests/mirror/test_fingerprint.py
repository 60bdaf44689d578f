"""The fingerprint moves with everything that changes what is written, and with nothing else."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mirror.desired import Desired, desired_item
from mirror.fingerprint import digest_of, fingerprint, source_mark
from mirror.policy import BACKGROUND, POSTER, Policy
from mirror.template import Template, parse_template
from plex.item import Tag
from stash.scene import Named, Performer, Scene

ROOT = Path(__file__).resolve().parents[2]
DESIRED = Desired(
    scalars={"title": "Tïtle", "summary": "", "studio": "S"},
    tags={"genre": (Tag("a"), Tag("b")), "actor": (Tag("Zoe"),)},
)


MANY = Policy(
    title=parse_template("[{studio}]{title}"),
    only_tags=frozenset({"a", "b", "c", "d", "e"}),
    cover_as=frozenset({BACKGROUND, POSTER}),
)


def of(desired: Desired = DESIRED, targets: str = "/a.mp4", policy: Policy | None = None) -> str:
    return fingerprint(desired, targets=targets, policy=policy or Policy())


def test_the_order_in_which_fields_were_collected_does_not_matter() -> None:
    turned = Desired(
        scalars=dict(reversed(list(DESIRED.scalars.items()))),
        tags=dict(reversed(list(DESIRED.tags.items()))),
    )

    assert of(turned) == of()


def test_it_is_short_and_the_same_for_ever() -> None:
    """A changed value here sends every library of every user through Plex once more."""
    assert of() == "a5b0675721bad1848fe8fccb16ec06c5"


def test_it_is_the_same_in_another_process_with_another_hash_seed() -> None:
    code = "from tests.mirror.test_fingerprint import *; print(of(), of(policy=MANY))"
    environment = {**os.environ, "PYTHONHASHSEED": "4711"}

    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert answer.stdout.split() == [of(), of(policy=MANY)]


@pytest.mark.parametrize(
    "other",
    [
        of(replace(DESIRED, scalars={**DESIRED.scalars, "summary": "x"})),
        of(replace(DESIRED, scalars={"title": "Tïtle", "summary": ""})),
        of(replace(DESIRED, tags={**DESIRED.tags, "genre": (Tag("a"),)})),
        of(replace(DESIRED, tags={**DESIRED.tags, "genre": (Tag("ab"),)})),
        of(replace(DESIRED, tags={**DESIRED.tags, "actor": (Tag("Zoe", role="r"),)})),
        of(replace(DESIRED, title_is_fallback=True)),
        of(targets="/b.mp4"),
        of(policy=Policy(keep_plex_edits=True)),
        of(policy=Policy(cover_as=frozenset())),
        of(policy=Policy(cover_as=frozenset({BACKGROUND}))),
        of(policy=Policy(pad_covers=True)),
        of(policy=Policy(sync_ratings=True)),
        of(policy=Policy(title=parse_template("{title}"))),
        of(policy=Policy(only_tags=frozenset("a"))),
        of(replace(DESIRED, scalars={**DESIRED.scalars, "contentRating": "XXX"})),
        of(replace(DESIRED, scalars={**DESIRED.scalars, "originallyAvailableAt": ""})),
        of(replace(DESIRED, tags={**DESIRED.tags, "label": (Tag("a"),)})),
    ],
)
def test_it_moves_with_everything_that_changes_what_is_written(other: str) -> None:
    assert other != of()


def test_every_choice_counts() -> None:
    one = Template("other", ())
    other_than: dict[type, Any] = {
        bool: True,
        str: "other",
        frozenset: frozenset({"other"}),
        type(None): one,
    }
    for choice in dataclasses.fields(Policy):
        changed = replace(Policy(), **{choice.name: other_than[type(choice.default)]})
        assert of(policy=changed) != of(), choice.name


@pytest.mark.parametrize("field", ["titleSort", "contentRating"])
def test_what_only_a_setting_fills_counts_for_nothing_while_it_is_empty(field: str) -> None:
    """Or each new setting would send every library through Plex once more."""
    assert of(replace(DESIRED, scalars={**DESIRED.scalars, field: ""})) == of()
    assert of(replace(DESIRED, tags={**DESIRED.tags, "collection": ()})) == of()


def test_the_order_of_performers_counts() -> None:
    ann, zoe = Performer(id=1, name="Ann"), Performer(id=2, name="Zoe")

    one = desired_item(Scene(id=1, performers=(ann, zoe)), Policy())
    other = desired_item(Scene(id=1, performers=(zoe, ann)), Policy())

    assert of(one) != of(other)


def test_it_ignores_what_moves_with_every_edit() -> None:
    scene = Scene(id=1, title="T", tags=(Named(id=1, name="a"),))
    touched = replace(scene, updated_at="later", cover="/scene/1/screenshot?t=2", organized=True)

    assert of(desired_item(scene, Policy())) == of(desired_item(touched, Policy()))


def test_a_scene_s_mark_moves_with_its_bytes_and_with_all_else_that_decides() -> None:
    sources = [bytes([n]) * 8 for n in (0, 1, 127, 128, 255)]
    marks = {source_mark(one, context) for one in sources for context in ("a", "b")}
    assert len(marks) == 10
    assert all(-(2**63) <= mark < 2**63 for mark in marks)  # as SQLite can hold it
    assert source_mark(sources[1], "a") in marks


def test_a_scene_of_which_there_are_no_bytes_has_no_mark() -> None:
    assert source_mark(b"", "settings") == 0


def test_what_is_no_fact_has_no_digest() -> None:
    with pytest.raises(TypeError, match="object is no fact"):
        digest_of([object()])
