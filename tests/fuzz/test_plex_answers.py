"""Plex's answers of any shape: read, or refused as unreadable, quickly and in little memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import UnreadableAnswerError
from plex import about, answers
from tests.fuzz.hostile import NASTY_NUMBERS, NASTY_TEXTS, anything, encoded

KEYS = (
    *("MediaContainer", "Metadata", "Directory", "Video", "Media", "Part", "Location", "Field"),
    *("ratingKey", "key", "file", "title", "size", "totalSize", "librarySectionID", "addedAt"),
    *("Genre", "tag", "locked", "name", "path", "updatedAt", "machineIdentifier", "claimed"),
)
SAMPLE = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<MediaContainer size="1" totalSize="9" '
    b'librarySectionID="1" machineIdentifier="abc"><Directory key="1" type="movie" title="Videos">'
    b'<Location id="1" path="/media"/></Directory><Video ratingKey="7" type="movie" title="t" '
    b'addedAt="1700000000" updatedAt="1700000001"><Media><Part file="/media/a.mp4"/></Media>'
    b'<Genre tag="g"/><Field locked="1" name="title"/></Video></MediaContainer>'
)
PIECES = [
    *(b'"', b"<", b"&", b"<!DOCTYPE x>", b"<![CDATA[", b"&#1;", b"&#xD800;", b"\x00", b"\xff\xfe"),
    *(b'encoding="utf-7"', b'encoding="cp037"', b'encoding="utf-16"', b'encoding="nothing"'),
    *(b'encoding="big5"', b"-1", b"9" * 30, b"9" * 5000, b"1e9", b'ratingKey="', b"<a>" * 50),
    *("²".encode(), "٣".encode(), "\N{PILE OF POO}".encode(), b"xmlns:a=", b"<a:b/>", b"<?x ?>"),
]


def read_all(body: bytes) -> None:
    """Every reader of an answer; whatever is read has to be good for all that follows."""
    readers: list[Callable[[bytes], object]] = [
        answers.read_sections,
        answers.read_items,
        answers.read_pictures,
        answers.read_machine_identifier,
        about.read_about,
        lambda one: answers.read_page([one]),
        lambda one: answers.read_page([one[:9], one[9:20], one[20:]]),
    ]
    for read in readers:
        try:
            found = read(body)
        except UnreadableAnswerError:
            continue
        assert_can_be_kept(found)


def assert_can_be_kept(found: object) -> None:
    """Texts can be written to a file, and numbers to a database."""
    text = repr(found)
    assert "\\ud8" not in text
    assert "\\udf" not in text
    for page in [found] if isinstance(found, answers.Page) else []:
        assert page.size >= 0
        assert page.total >= 0
        assert all(0 <= one.rating_key < 2**63 for one in page.items)
        assert all(0 <= one.changed_at < 2**63 for one in page.items)


@given(st.data())
def test_a_damaged_answer_is_read_or_refused(data: st.DataObject) -> None:
    body = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(body)))
        end = start + data.draw(st.integers(0, 12))
        body[start:end] = data.draw(st.sampled_from(PIECES) | st.binary(max_size=6))
    read_all(bytes(body))


@given(anything(KEYS))
def test_json_of_any_shape_is_read_or_refused(value: object) -> None:
    for body in (value, {"MediaContainer": value}, {"MediaContainer": {"Metadata": [value]}}):
        read_all(encoded(body))


@given(st.sampled_from(KEYS), st.sampled_from([*NASTY_NUMBERS, *NASTY_TEXTS, None, [], {}]))
def test_an_item_with_one_wrong_value_is_read_or_refused(name: str, value: object) -> None:
    item = {"ratingKey": "7", "title": "t", "Media": [{"Part": [{"file": "/a", name: value}]}]}
    for place in ({**item, name: value}, item):
        container: dict[str, object] = {"size": 1, "Metadata": [place], "Directory": [place]}
        read_all(encoded({"MediaContainer": {**container, name: value}}))


@pytest.mark.parametrize(
    "before",
    [b" " * 2000, b"<!--" + b"x" * 2000 + b"-->", b"<?pi " + b"x" * 2000 + b"?>", b"<\x00!DOCTYPE"],
    ids=["blanks", "comment", "instruction", "a zero in it"],
)
def test_entities_are_refused_however_far_down_they_begin(before: bytes) -> None:
    """Ten lines of entities would otherwise become a thousand million letters."""
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    kind = b" x [" if before.endswith(b"DOCTYPE") else b"<!DOCTYPE x ["
    body = b'<?xml version="1.0"?>' + before + kind + b'<!ENTITY l0 "ha">' + laughs
    body += b']><MediaContainer machineIdentifier="&l9;"/>'
    with pytest.raises(UnreadableAnswerError):
        answers.parse(body)
    with pytest.raises(UnreadableAnswerError):
        answers.read_page([body])


@pytest.mark.parametrize(
    "encoding", ["utf-7", "cp037", "utf-16", "utf-32", "nothing", "big5", "idna", "rot13", "hex"]
)
def test_an_answer_in_any_encoding_is_read_or_refused(encoding: str) -> None:
    read_all(SAMPLE.replace(b"UTF-8", encoding.encode()))


@pytest.mark.parametrize("depth", [900, 5_000, 200_000])
def test_deep_nesting_is_read_or_refused(depth: int) -> None:
    read_all(b"<MediaContainer>" + b"<Media>" * depth + b"</Media>" * depth + b"</MediaContainer>")
    read_all(b'{"MediaContainer":{"Media":' + b'[{"Media":' * depth + b"1" + b"}]" * depth + b"}}")
    read_all(b'{"MediaContainer":' + b"[" * depth)


def test_a_listing_with_control_characters_is_read() -> None:
    """One title with a character that no XML may hold would hide a whole library."""
    body = (
        b'<MediaContainer size="1"><Video ratingKey="7" title="a\x0bb">'
        b'<Media><Part file="/a.mp4"/></Media></Video></MediaContainer>'
    )
    assert answers.read_page([body]).items[0].title == "ab"


def test_a_listing_of_megabytes_takes_little_memory() -> None:
    title = b"x" * 1_000_000
    item = b'<Video ratingKey="7" summary="%s"><Media/></Video>' % title

    def pieces() -> list[bytes]:
        return [b"<MediaContainer>", *[item] * 20, b"</MediaContainer>"]

    body = pieces()
    tracemalloc.start()
    assert len(answers.read_page(body).items) == 20
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
