"""Where PlexSync looks beyond the two servers of the settings, and only when somebody asks.

The environment can say otherwise: for a network with ways of its own, and for tests, that ask
nobody but this machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plex.discovery import GDM, usual_addresses
from plex.sign_in import PINS

FIND_AT = "PLEXSYNC_FIND_AT"  # addresses with commas; nobody else is asked then
SIGN_IN_AT = "PLEXSYNC_SIGN_IN_AT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The places.

    Attributes:
        addresses: Where to look for Plex; None for the usual ones, found when they are needed.
        group: Where servers listen for a call to all; None calls nobody.
        pins: Where codes for a sign-in are made.
    """

    addresses: tuple[str, ...] | None = None
    group: tuple[str, int] | None = GDM
    pins: str = PINS

    def to_ask(self, stored: str) -> tuple[str, ...]:
        """The addresses to look at, that of the settings first."""
        usual = usual_addresses() if self.addresses is None else self.addresses
        return tuple(dict.fromkeys([*filter(None, [stored]), *usual]))


def outside_of(environment: Mapping[str, str]) -> Outside:
    """The places that an environment names, else the usual ones."""
    named = environment.get(FIND_AT)
    pins = environment.get(SIGN_IN_AT) or PINS
    if named is None:
        return Outside(pins=pins)
    addresses = tuple(filter(None, map(str.strip, named.split(","))))
    return Outside(addresses=addresses, group=None, pins=pins)
