"""Who a server says it is."""

from __future__ import annotations

from dataclasses import dataclass

from errors import UnreadableAnswerError
from plex.answers import parse


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a server tells of itself.

    Attributes:
        name: What its owner calls it; "" from `/identity`, which does not say.
        machine: Its machine identifier.
        claimed: It belongs to an account.
    """

    name: str
    version: str
    machine: str
    claimed: bool


def read_about(body: bytes) -> About:
    """What `/identity` or `/` says.

    Raises:
        UnreadableAnswerError: It is no Plex that answers.
    """
    container = parse(body)
    machine = container.get("machineIdentifier")
    if not machine:
        raise UnreadableAnswerError("what answers is no Plex: it names no machineIdentifier")
    return About(
        name=container.get("friendlyName", ""),
        version=container.get("version", ""),
        machine=machine,
        claimed=container.get("claimed", container.get("myPlex", "1")).lower() in {"1", "true"},
    )
