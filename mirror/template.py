"""Title templates: text with fields, and parts that vanish when something in them is empty.

`[{studio} - ]{title}[ ({date})]` reads: the studio and a dash, where there is a studio; the title;
the date in brackets, where there is one. A doubled sign (`{{`, `[[`) stands for the sign itself.
Where that leaves brackets unbalanced and two brackets in a row make sense, they are two brackets,
so that `[{studio}[ / {network}]]` is one part in another.

A template is read once, with the settings, and is a plain value from then on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

DEEPEST = 20  # parts in parts
FIELDS = ("title", "studio", "network", "date", "year", "performers", "director", "id")


@dataclass(frozen=True, slots=True)
class _Field:
    name: str


@dataclass(frozen=True, slots=True)
class _Optional:
    parts: tuple[_Part, ...]


_Part: TypeAlias = "str | _Field | _Optional"


@dataclass(frozen=True, slots=True)
class Template:
    """A template that was read; two of the same text are the same."""

    text: str
    parts: tuple[_Part, ...] = field(compare=False, repr=False)

    @property
    def fields(self) -> frozenset[str]:
        """The names of the fields that it uses, inside brackets too."""
        return frozenset(_names(self.parts))

    def fill(self, values: Mapping[str, str]) -> str:
        """Return the text for `values`, trimmed; a field that is not among them is empty."""
        return "".join(_filled(part, values) for part in self.parts).strip()


def parse_template(text: str) -> Template:
    """Read a template.

    Raises:
        ValueError: It is none; the message says in plain words what is wrong with it.
    """
    try:
        parts = _Reader(text, has_doubled_brackets=True).read()
    except ValueError as error:
        try:
            parts = _Reader(text, has_doubled_brackets=False).read()
        except ValueError:
            raise error from None
    return Template(text, parts)


class _Reader:
    """Reads one template, once, from left to right.

    Args:
        text: The template.
        has_doubled_brackets: A doubled bracket is one that is meant to be read.
    """

    def __init__(self, text: str, *, has_doubled_brackets: bool) -> None:
        self._text = text
        self._doubled = "{}[]" if has_doubled_brackets else "{}"
        self._at = 0
        self._open: list[int] = []  # where each part that is not closed yet begins
        self._levels: list[list[_Part]] = [[]]

    def read(self) -> tuple[_Part, ...]:
        while self._at < len(self._text):
            self._step(self._text[self._at])
        if self._open:
            raise ValueError(f"the [ at {_place(self._open[-1])} has no ]")
        return tuple(self._levels[0])

    def _step(self, sign: str) -> None:
        if sign in self._doubled and self._text[self._at + 1 : self._at + 2] == sign:
            self._take(sign, width=2)
        elif sign == "{":
            self._read_field()
        elif sign == "}":
            raise ValueError(f"the }} at {_place(self._at)} has no {{; a }} to be read is }}}}")
        elif sign == "[":
            self._open.append(self._at)
            self._levels.append([])
            self._at += 1
            if len(self._open) > DEEPEST:
                raise ValueError(f"more than {DEEPEST} parts stand in each other")
        elif sign == "]":
            self._close()
        else:
            self._take(sign, width=1)

    def _take(self, sign: str, *, width: int) -> None:
        self._levels[-1].append(sign)
        self._at += width

    def _close(self) -> None:
        if not self._open:
            raise ValueError(f"the ] at {_place(self._at)} has no [; a ] to be read is ]]")
        self._open.pop()
        inner = self._levels.pop()
        self._levels[-1].append(_Optional(tuple(inner)))
        self._at += 1

    def _read_field(self) -> None:
        end = self._text.find("}", self._at)
        if end < 0:
            raise ValueError(f"the {{ at {_place(self._at)} has no }}; a {{ to be read is {{{{")
        name = self._text[self._at + 1 : end]
        if name.strip().lower() not in FIELDS:
            known = ", ".join(f"{{{one}}}" for one in FIELDS)
            raise ValueError(f"there is no field {{{name}}}; there are {known}")
        self._levels[-1].append(_Field(name.strip().lower()))
        self._at = end + 1


def _place(index: int) -> str:
    return f"character {index + 1}"


def _filled(part: _Part, values: Mapping[str, str]) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, _Field):
        return values.get(part.name, "").strip()
    if _is_empty(part, values):
        return ""
    return "".join(_filled(one, values) for one in part.parts)


def _is_empty(part: _Optional, values: Mapping[str, str]) -> bool:
    """Tell whether a part vanishes: a field of its own is empty, or all of its inner parts are.

    An inner part that vanishes does not take the outer one along as long as that has something of
    its own to say.
    """
    own = [one for one in part.parts if isinstance(one, _Field)]
    inner = [one for one in part.parts if isinstance(one, _Optional)]
    if own:
        return not all(_filled(one, values) for one in own)
    return bool(inner) and all(_is_empty(one, values) for one in inner)


def _names(parts: tuple[_Part, ...]) -> list[str]:
    names: list[str] = []
    for part in parts:
        if isinstance(part, _Field):
            names.append(part.name)
        elif isinstance(part, _Optional):
            names += _names(part.parts)
    return names
