"""The part of YAML that plugin manifests use, read strictly; the rest is refused.

Known: nested mappings and lists by indentation, inline lists and mappings, quoted and plain
scalars (a plain one may go on in deeper lines), block scalars `|` and `>`, comments. Every scalar
stays text: Stash reads them into string fields. Not known, and therefore an error: tabs, anchors,
tags, several documents, doubled keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Union

Node = Union[None, str, "list[Node]", "dict[str, Node]"]


class YamlError(ValueError):
    """The text is no YAML of this subset."""


_KEY = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'\[\]{}#&*!|>%@`,-][^#]*?|-[^\s#]+?)\s*:(?:\s+(.*)|$)"""
)
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "/": "/", "0": "\0", " ": " "}


def parse(text: str) -> Node:
    """The document as dicts, lists, texts and None."""
    reader = _Reader(text)
    node = reader.node(0)
    if reader.peek() is not None:
        raise reader.error("unexpected indentation")
    return node


class _Reader:
    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()
        self.at = 0
        for number, line in enumerate(self.lines, 1):
            if "\t" in line[: len(line) - len(line.lstrip())]:
                raise YamlError(f"line {number}: a tab cannot indent")

    def error(self, what: str) -> YamlError:
        return YamlError(f"line {self.at + 1}: {what}")

    def peek(self) -> tuple[int, str] | None:
        """Indentation and text of the next line that says something."""
        while self.at < len(self.lines):
            line = self.lines[self.at]
            stripped = line.strip()
            if stripped and not stripped.startswith("#"):
                return len(line) - len(line.lstrip()), _uncommented(line).strip()
            self.at += 1
        return None

    def node(self, least: int) -> Node:
        """The block that starts at the next line, if it is indented by `least` at least."""
        found = self.peek()
        if found is None or found[0] < least:
            return None
        indent, text = found
        if text == "-" or text.startswith("- "):
            return self.items(indent)
        if _KEY.fullmatch(text):
            return self.mapping(indent)
        self.at += 1
        return self.scalar(text, indent)

    def items(self, indent: int) -> Node:
        found: list[Node] = []
        while (line := self.peek()) and line[0] == indent and (line[1] + " ").startswith("- "):
            rest = line[1][1:].strip()
            if not rest:
                self.at += 1
                found.append(self.node(indent + 1))
            elif _KEY.fullmatch(rest):
                # The dash counts as indentation of the mapping that starts behind it.
                inner = self.lines[self.at]
                self.lines[self.at] = inner[:indent] + " " + inner[indent + 1 :]
                found.append(self.node(indent + 1))
            else:
                self.at += 1
                found.append(self.scalar(rest, indent + 1))
        return found

    def mapping(self, indent: int) -> Node:
        found: dict[str, Node] = {}
        while (line := self.peek()) and line[0] == indent:
            match = _KEY.fullmatch(line[1])
            if match is None:
                raise self.error(f"expected a key, found {line[1]!r}")
            key = _scalar(match[1])
            if key in found:
                raise self.error(f"key {key!r} is there already")
            self.at += 1
            found[str(key)] = self.value(match[2] or "", indent)
        return found

    def value(self, rest: str, indent: int) -> Node:
        if not rest:
            following = self.peek()
            # A list may stand as far left as the key that it belongs to.
            is_list = following is not None and (following[1] + " ").startswith("- ")
            return self.node(indent if is_list else indent + 1)
        return self.scalar(rest, indent + 1)

    def scalar(self, text: str, least: int) -> Node:
        if text[0] in "|>":
            return self.block(text, least)
        if text[0] in "&*!%@`":
            raise self.error(f"{text[0]!r} is not supported")
        closed: Callable[[str], bool] = _is_closed
        while (following := self.peek()) and following[0] >= least:
            if text[0] in "\"'[{" and closed(text):
                raise self.error("unexpected text after a value")
            text += " " + following[1]
            self.at += 1
        if text[0] in "[{":
            return _inline(text)
        return _scalar(text)

    def block(self, header: str, least: int) -> str:
        lines: list[str] = []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.strip() and len(line) - len(line.lstrip()) < least:
                break
            lines.append(line)
            self.at += 1
        indent = min((len(one) - len(one.lstrip()) for one in lines if one.strip()), default=0)
        body = "\n".join(one[indent:].rstrip() for one in lines).rstrip("\n")
        if header[0] == ">":
            body = re.sub(r"(?<!\n)\n(?!\n)", " ", body).replace("\n\n", "\n")
        return body if header.endswith("-") else body + "\n"


def _uncommented(line: str) -> str:
    quote = ""
    for at, letter in enumerate(line):
        if quote:
            quote = "" if letter == quote and line[at - 1] != "\\" else quote
        elif letter in "\"'" and (at == 0 or line[at - 1] in " [{,:"):
            quote = letter
        elif letter == "#" and (at == 0 or line[at - 1] == " "):
            return line[:at]
    return line


def _is_closed(text: str) -> bool:
    ends = {"[": "]", "{": "}"}
    return len(text) > 1 and text.endswith(ends.get(text[0], text[0]))


def _scalar(text: str) -> str | None:
    text = text.strip()
    if text.startswith('"'):
        if not re.fullmatch(r'"(?:[^"\\]|\\.)*"', text):
            raise YamlError(f"unclosed quotation: {text}")
        return re.sub(r"\\(.)", lambda found: _ESCAPES[found[1]], text[1:-1])
    if text.startswith("'"):
        if not re.fullmatch(r"'(?:[^']|'')*'", text):
            raise YamlError(f"unclosed quotation: {text}")
        return text[1:-1].replace("''", "'")
    if re.search(r":\s", text):
        raise YamlError(f"mapping values are not allowed here: {text}")
    return None if text in {"", "~", "null"} else text


def _inline(text: str) -> Node:
    if not _is_closed(text):
        raise YamlError(f"unclosed bracket: {text}")
    parts = [one for one in _split(text[1:-1]) if one.strip()]
    if text[0] == "[":
        return [_inline_value(one) for one in parts]
    found: dict[str, Node] = {}
    for one in parts:
        key, colon, value = one.partition(":")
        if not colon:
            raise YamlError(f"expected a key: {one}")
        found[str(_scalar(key))] = _inline_value(value)
    return found


def _inline_value(text: str) -> Node:
    text = text.strip()
    return _inline(text) if text[:1] in {"[", "{"} else _scalar(text)


def _split(text: str) -> list[str]:
    """The parts between the commas that stand in no bracket and no quotation."""
    parts, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'" and not parts[-1].strip():
            quote = letter
        elif letter in "[]{}":
            depth += 1 if letter in "[{" else -1
        elif letter == "," and depth == 0:
            parts.append("")
            continue
        parts[-1] += letter
    return parts
