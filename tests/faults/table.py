"""All faults, and the table that they fill."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.faults import of_plex, of_stash, of_the_machine
from tests.faults.fault import Fault, Survived

FAULTS: Sequence[Fault] = [*of_plex.FAULTS, *of_stash.FAULTS, *of_the_machine.FAULTS]
HEAD = """# Faults

What happens when something goes wrong, as `make faults` found it: for each row a real worker runs
between the two stand-ins, the fault begins while three scenes are in step, each of them is saved
with another title and another tag, and the fault ends. Then every item is compared with what Stash
says, and every write that Plex was ever sent with all values that the scene ever had in Stash. A
row fails the command in which a value is missing or a wrong one was sent, in which a person's own
genre is lost, something is set aside or left lying, or the log tells of an accident.

Where the ledger is gone, or comes back from its copy of the day, nobody knows any more which tags
PlexSync wrote last: those stay in Plex as a person's, which is not counted as lost.

"In vain" are requests that were answered with an error or not at all. Seconds count from the end of
the fault until every item was right. They hold the wait for the next probe of a server, which grows
from 2 to 60 seconds, or for the next attempt of a scene. Addresses are written as users know them.
Repeat one row with `make faults FAULTS="--only 'Plex is off'"`.
"""
COLUMNS = (
    "fault",
    "what a person sees",
    "what is sent again",
    "lost",
    "wrong writes",
    "back after",
)


def as_markdown(found: Iterable[Survived]) -> str:
    """The document."""
    lines = [HEAD]
    group = ""
    for one in found:
        if one.fault.group != group:
            group = one.fault.group
            lines += ["", f"## {group}", "", _line(COLUMNS), _line(["---"] * len(COLUMNS))]
        lines.append(_line(_cells(one)))
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def names_in(document: str) -> list[str]:
    """The rows' names in a document that `as_markdown` made."""
    rows = [line.split(" | ") for line in document.splitlines() if line.startswith("| ")]
    return [row[0].removeprefix("| ") for row in rows if row[0] not in {"| fault", "| ---"}]


def _cells(one: Survived) -> tuple[str, ...]:
    return (
        one.fault.name,
        one.sees,
        one.retried,
        "; ".join(one.lost) or "nothing",
        str(len(one.wrong_writes)),
        f"{one.seconds:.1f} s",
    )


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(one.replace("|", "\\|").replace("\n", " ") for one in cells) + " |"
