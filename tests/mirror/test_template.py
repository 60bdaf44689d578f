"""Title templates: what they say for a scene, and what is said of one that is none."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.desired import desired_item
from mirror.policy import Policy
from mirror.template import FIELDS, parse_template
from stash.scene import Named, Performer, Scene, Studio

FULL = {
    "title": "T",
    "studio": "S",
    "network": "N",
    "date": "2024-05-17",
    "year": "2024",
    "performers": "Ann, Zoe",
    "director": "D",
    "id": "7",
}


@pytest.mark.parametrize(
    ("template", "empty", "text"),
    [
        ("[{studio} - ]{title}[ ({date})]", "", "S - T (2024-05-17)"),
        ("[{studio} - ]{title}[ ({date})]", "studio", "T (2024-05-17)"),
        ("[{studio} - ]{title}[ ({date})]", "studio date", "T"),
        ("{title} {year} {performers} {director} {id}", "", "T 2024 Ann, Zoe D 7"),
        ("{ Title }", "", "T"),
        ("[{studio} and {network}: ]{title}", "network", "T"),
        ("[{studio}[ of {network}]: ]{title}", "", "S of N: T"),
        ("[{studio}[ of {network}]: ]{title}", "network", "S: T"),
        ("[{studio}[ of {network}]: ]{title}", "studio", "T"),
        ("[{studio}[ of {network}]]", "network", "S"),
        ("[[{studio}, ]{title}]", "studio", "T"),
        ("{title}[ ([{year}][ {director}])]", "year director", "T"),
        ("{title}[ ([{year}][ {director}])]", "year", "T ( D)"),
        ("{title}[!]", "", "T!"),
        ("  {title}   {year}  ", "", "T   2024"),
        ("  {title}   {year}  ", "year", "T"),
        ("{{{title}}} [[{year}]]", "", "{T} [2024]"),
        ("[[[{studio}] ]]{title}", "studio", "[ ]T"),
        ("XX[[XX {title}", "", "XX[XX T"),
        ("XX{{XX[ ] {title}", "", "XX{XX  T"),
        ("[ " * 20 + "{title}" + "]" * 20, "", "T"),
        ("{studio}", "studio", ""),
        ("", "", ""),
    ],
)
def test_a_template_is_filled(template: str, empty: str, text: str) -> None:
    values = {**FULL, **dict.fromkeys(empty.split(), " ")}

    assert parse_template(template).fill(values) == text


@pytest.mark.parametrize(
    ("template", "named"),
    [
        ("{titel}", "no field {titel}; there are {title}, {studio}"),
        ("{}", "no field {}"),
        ("a {title", "{ at character 3 has no }"),
        ("a} {title}", "} at character 2 has no {"),
        ("[{studio} - {title}", "[ at character 1 has no ]"),
        ("[a [{studio}] - {title}", "[ at character 1 has no ]"),
        ("{studio}] - {title}", "] at character 9 has no ["),
        ("[ " * 21 + "]" * 21, "more than 20 parts"),
        ("[{studio}]]", "[ at character 1 has no ]"),
        ("{a{title}}", "no field {a{title}"),
    ],
)
def test_a_bad_template_is_refused_with_what_is_wrong(template: str, named: str) -> None:
    with pytest.raises(ValueError, match=r"field|character|parts") as caught:
        parse_template(template)
    assert named in str(caught.value)


@given(st.text())
def test_any_text_can_be_said_with_doubled_signs(text: str) -> None:
    template = "".join(sign * 2 if sign in "{}[]" else sign for sign in text)

    assert parse_template(template).fill({}) == text.strip()


parts = st.recursive(
    st.text("abc -()", max_size=3) | st.sampled_from([f"{{{name}}}" for name in FIELDS]),
    lambda inner: st.lists(inner, max_size=3).map(lambda some: "[" + "-".join(some) + "]-"),
    max_leaves=8,
)


@given(st.lists(parts).map("".join), st.dictionaries(st.sampled_from(FIELDS), st.text("x")))
def test_a_template_of_parts_in_parts_shows_only_what_is_there(
    text: str, values: dict[str, str]
) -> None:
    """Bracketed parts end in a dash here, so that no bracket stands doubled by accident."""
    template = parse_template(text.replace("[[", "[-["))

    filled = template.fill(values)

    assert not set(filled) & set("[]{}")
    assert template.fields == {name for name in FIELDS if f"{{{name}}}" in text}
    assert filled == template.fill({name: value for name, value in values.items() if value})


def test_a_template_is_a_plain_value() -> None:
    one, other = parse_template("{title}"), parse_template("{title}")

    assert one == other != parse_template("{id}")
    assert hash(one) == hash(other)
    assert repr(one) == repr(pickle.loads(pickle.dumps(one))) == "Template(text='{title}')"


# What the fields stand for


def titled(template: str, scene: Scene) -> tuple[str | None, bool]:
    desired = desired_item(scene, Policy(title=parse_template(template)))
    return desired.scalars.get("title"), desired.title_is_fallback


SCENE = Scene(
    id=7,
    title=" T\x00itle ",
    date="2024-05",
    director=" D ",
    files=("/films/file.name.mp4",),
    studio=Studio(id=1, name="S", parent=Named(id=2, name="N")),
    performers=tuple(Performer(id=n, name=name) for n, name in enumerate(["Zoe", "ann", "ZOE"])),
)


@pytest.mark.parametrize(
    ("template", "title"),
    [
        ("{title}", "Title"),
        ("{studio}|{network}|{director}|{id}", "S|N|D|7"),
        ("{date}|{year}", "2024-05|2024"),
        ("{performers}", "Zoe, ann"),
    ],
)
def test_a_field_stands_for_what_stash_has(template: str, title: str) -> None:
    """A date as Stash has it: a day that nobody entered belongs into no title."""
    assert titled(template, SCENE) == (title, False)


@pytest.mark.parametrize("template", ["{studio}{network}{date}{year}{performers}{director}"])
def test_an_empty_result_is_the_plain_title(template: str) -> None:
    assert titled(template, Scene(id=1, title="T", date="soon")) == ("T", False)
    assert titled(template, Scene(id=1, files=("/films/f.mp4",))) == ("f", True)
    assert titled(template, Scene(id=1)) == (None, True)


def test_the_name_of_the_file_stands_for_a_title_and_says_so() -> None:
    untitled = Scene(id=1, files=("/films/file.name.mp4",), director="D")

    assert titled("{director}: {title}", untitled) == ("D: file.name", True)
    assert titled("{director}", untitled) == ("D", False)
    assert titled("{director}[ {title}]", untitled) == ("D file.name", True)
    assert titled("{director}: {title}", Scene(id=1, title="T", director="D")) == ("D: T", False)


def test_a_sort_title_has_a_template_of_its_own() -> None:
    policy = Policy(sort_title=parse_template("{date} {title}"))

    shown = desired_item(SCENE, policy).scalars

    assert (shown["title"], shown["titleSort"]) == ("Title", "2024-05 Title")
    assert desired_item(SCENE, Policy()).scalars["titleSort"] == ""
    bare = Policy(sort_title=parse_template("{network}"))
    assert desired_item(Scene(id=1, title="T"), bare).scalars["titleSort"] == "T"
