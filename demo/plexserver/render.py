"""One tree of elements, written as Plex's XML or as its JSON.

The JSON differs in three ways: elements of one name become a list under that name, items are
called Metadata, and numbers and truths keep their type where XML has `0` and `1`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain

from demo.plexserver.items import Scalar

# XML 1.0 has no way to write most control characters: they are dropped, as any writer must.
_ESCAPES: dict[int, str | None] = dict.fromkeys(
    chain(range(32), range(55296, 57344), (65534, 65535))
)
_ESCAPES |= {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;"}
_ESCAPES |= {ord("\t"): "&#x9;", ord("\n"): "&#xA;", ord("\r"): "&#xD;"}
# Most values need no escaping, and looking is far cheaper than translating.
_SPECIAL = re.compile(f"[{re.escape(''.join(map(chr, _ESCAPES)))}]")


@dataclass(slots=True)
class Node:
    """One element; an attribute that is None is left out."""

    name: str
    attributes: Mapping[str, Scalar | None]
    children: list[Node] = field(default_factory=list)
    json_name: str | None = None


def to_xml(root: Node) -> bytes:
    """Write a document, one element a line as Plex does."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    _write(root, lines)
    return "".join(lines).encode()


def to_json(root: Node) -> bytes:
    """Write the same document for a client that accepts JSON."""
    return json.dumps({root.name: _as_dict(root)}, ensure_ascii=False).encode()


def _write(node: Node, lines: list[str]) -> None:
    head = "".join(
        f' {name}="{_text(value)}"' for name, value in node.attributes.items() if value is not None
    )
    if not node.children and node.name != "MediaContainer":
        lines.append(f"<{node.name}{head} />\n")
        return
    lines.append(f"<{node.name}{head}>\n")
    for child in node.children:
        _write(child, lines)
    lines.append(f"</{node.name}>\n")


def _text(value: Scalar) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    text = str(value)
    return text.translate(_ESCAPES) if _SPECIAL.search(text) else text


def _as_dict(node: Node) -> dict[str, object]:
    content: dict[str, object] = {k: v for k, v in node.attributes.items() if v is not None}
    lists: dict[str, list[object]] = {}
    for child in node.children:
        lists.setdefault(child.json_name or child.name, []).append(_as_dict(child))
    return content | lists
