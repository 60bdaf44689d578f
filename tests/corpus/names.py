"""File names of every kind that has ever led a matcher astray.

Every name ends in the number that it is given, so that two numbers never make one name, and numbers
are parts of each other (12, 112, 120): a filter by text finds more than was meant.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType

LONGEST = 200
_WORDS = (
    *("Amber", "Birch", "Cobalt", "Dune", "Ember", "Fjord", "Grove", "Harbor", "Iris", "Juniper"),
    *("Kestrel", "Lagoon", "Maple", "North", "Opal", "Prairie", "Quartz", "River", "Sable", "Tide"),
)
_ENDINGS = (".mp4", ".mp4", ".mp4", ".mkv", ".avi", ".wmv", ".MP4")
_MARKS = ("1080p", "WEBDL-2160p", "BluRay.x265", "720p.HDTV")

Flavour = Callable[[Random, int], str]


def words(rng: Random, count: int = 2) -> str:
    """Some words, as in a title."""
    return " ".join(rng.choice(_WORDS) for _ in range(count))


def ending(rng: Random) -> str:
    """A file's ending with its dot."""
    return rng.choice(_ENDINGS)


def plain(rng: Random, number: int) -> str:
    """Words and a number."""
    return f"{words(rng)} {number}"


def dated(rng: Random, number: int) -> str:
    """What downloaders make: a studio, a date, quality marks."""
    date = f"{rng.randint(15, 26):02}.{rng.randint(1, 12):02}.{rng.randint(1, 28):02}"
    return f"{words(rng, 1)}.{date}.{words(rng, 1)}.{number}.{rng.choice(_MARKS)}"


def _quotes(rng: Random, number: int) -> str:
    return f"""{words(rng)}'s "{words(rng, 1)}" \u201cuncut\u201d `{number}'"""


def _brackets(rng: Random, number: int) -> str:
    return f"[{words(rng, 1)}] ({words(rng, 1)}) {{id}} <{number}>"


def _ampersands(rng: Random, number: int) -> str:
    return f"{words(rng, 1)} & {words(rng, 1)} &amp; &#38;{number}"


def _percent(rng: Random, number: int) -> str:
    return f"100% {words(rng)} %20%2F%{number}"


def _hash(rng: Random, number: int) -> str:
    return f"#1 {words(rng)}?type=4#{number}"


def _commas(rng: Random, number: int) -> str:
    if rng.random() < 0.2:
        return f",{number},"  # no piece between the commas says much
    return f"{words(rng, 1)}, {words(rng, 1)}, and {number}"


def _emoji(rng: Random, number: int) -> str:
    family = "\U0001f469\u200d\U0001f469\u200d\U0001f467\U0001f3fd"
    return f"{words(rng, 1)} \U0001f3ac{family} \u2764\ufe0f{number}"


def _signs(rng: Random, number: int) -> str:
    return f"{words(rng, 1)}+{words(rng, 1)}; a=b \\ c|d*~:  ..{number}"


def _scripts(rng: Random, number: int) -> str:
    cyrillic, chinese, dots = "\u0441\u0446\u0435\u043d\u0430", "\u6620\u753b", "\u0130\u0131\u1e9e"
    return f"{words(rng, 1)} {cyrillic} {chinese} {dots} {number}"


def accented(rng: Random, number: int) -> str:
    """A name that is spelled in two ways: composed here, to be decomposed by who wants that."""
    return f"{words(rng, 1)} \u00e9t\u00e9 \u00c5\u00f1\u1ec7 \uac01 {number}"


FILLINGS = ("ab cd ", "\uc601\ud654", "\U0001f3ac\u00e9 ", "\u6620\u753b", "%,&#")


def long(filling: str, number: int) -> str:
    """A name that has `LONGEST` characters with its ending, told apart at its very end."""
    tail = f" {number}"
    room = LONGEST - len(".mp4") - len(tail)
    return (filling * room)[:room] + tail


def _long(rng: Random, number: int) -> str:
    return long(rng.choice(FILLINGS), number)


SPECIAL: Mapping[str, Flavour] = MappingProxyType(
    {
        "quotes": _quotes,
        "brackets": _brackets,
        "ampersands": _ampersands,
        "percent": _percent,
        "hash": _hash,
        "commas": _commas,
        "emoji": _emoji,
        "signs": _signs,
        "scripts": _scripts,
        "accents": accented,
        "long names": _long,
    }
)


def any_name(rng: Random, number: int) -> str:
    """Mostly a usual name, at times a special one."""
    chance = rng.random()
    if chance < 0.5:
        return plain(rng, number)
    if chance < 0.75:
        return dated(rng, number)
    return rng.choice(tuple(SPECIAL.values()))(rng, number)


def file_name(path: str) -> str:
    """What follows the last slash."""
    return path.rpartition("/")[2]


def composed(text: str) -> str:
    """The text in NFC."""
    return unicodedata.normalize("NFC", text)


def decomposed(text: str) -> str:
    """The text in NFD."""
    return unicodedata.normalize("NFD", text)


def half_composed(text: str) -> str:
    """A third spelling of a text with several accents: the first of them composed, the rest not."""
    whole = composed(text)
    accents = [place for place, one in enumerate(whole) if decomposed(one) != one]
    middle = accents[len(accents) // 2] if accents else 0
    return whole[:middle] + decomposed(whole[middle:])
