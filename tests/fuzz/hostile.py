"""What nobody should send: texts, numbers and JSON of every wrong kind, for all fuzz tests."""

from __future__ import annotations

import json
from collections.abc import Sequence

from hypothesis import strategies as st

NASTY_TEXTS = (
    "",
    "'\"`\\",
    "\x00\x01\x0b\x1b[31m\x7f\x85",
    "<script>alert(1)</script>&amp;]]>",
    "../../../../etc/passwd",
    "..\\..\\windows\\system32",
    "C:\\a\\..\\b",
    "\\\\server\\share",
    "//server/share/../x",
    "\ud800 alone",
    "\udfff\ud800",
    "\u202e\u2066\u200d\ufeff",
    "%00%2e%2e%2f%252C",
    "{{title}} ${x} %s {0}",
    "'; DROP TABLE jobs; --",
    "a\r\nX-Injected: 1\r\n\r\n",
    "\N{PILE OF POO}" * 50,
    "e\u0301" * 50,
)
NASTY_NUMBERS = (-1, 0, 2**31, 2**63 - 1, 2**63, 2**64, 10**30, 1.5, -0.0, 1e308)
TEXTS = st.sampled_from(NASTY_TEXTS) | st.text(max_size=30)
LEAVES = st.none() | st.booleans() | st.sampled_from(NASTY_NUMBERS) | TEXTS


def anything(keys: Sequence[str]) -> st.SearchStrategy[object]:
    """JSON of any shape whose objects often use these keys."""
    names = st.sampled_from(keys) | st.text(max_size=5)
    return st.recursive(
        LEAVES,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=5),
        max_leaves=15,
    )


def encoded(value: object) -> bytes:
    """JSON as a careless server writes it: lone surrogates as escapes."""
    return json.dumps(value).encode("ascii")
