"""Signs in with a code that a person types into plex.tv/link; only when somebody asks for it."""

from __future__ import annotations

from errors import PlexAwayError

PINS = "https://plex.tv/api/v2/pins"
LINK = "https://plex.tv/link"
_PATIENCE_SECONDS = 10


class SignIn:
    """One code, from its making to the token.

    Args:
        identifier: The installation's client identifier, under which the account lists it.
        version: The plugin's, shown on the account's page.
        pins: Where codes are made.

    Attributes:
        code: What a person types in.

    Raises:
        PlexAwayError: plex.tv cannot be asked.
    """

    def __init__(self, *, identifier: str, version: str, pins: str = PINS) -> None:
        # It loads all of plexapi, a second and 20 MB that only a sign-in needs.
        from plexapi.myplex import MyPlexPinLogin  # noqa: PLC0415

        login = type("_Login", (MyPlexPinLogin,), {"PINS": pins})
        self._login = login(
            requestTimeout=_PATIENCE_SECONDS,
            headers={
                "X-Plex-Client-Identifier": identifier,
                "X-Plex-Product": "PlexSync",
                "X-Plex-Version": version,
                "X-Plex-Device-Name": "PlexSync",
            },
        )
        try:
            self.code = str(self._login.pin or "")
        except Exception as error:  # noqa: BLE001 - plexapi lets anything through
            raise _away(type(error).__name__) from None
        if not self.code:
            raise _away("no code came")

    def look(self) -> str:
        """Ask once whether somebody typed the code in: "waiting", "good" or "expired"."""
        if self._login.checkLogin():
            return "good"
        return "expired" if self._login.expired else "waiting"

    @property
    def token(self) -> str:
        """The token once it is "good"."""
        return str(self._login.token or "")


def _away(why: str) -> PlexAwayError:
    return PlexAwayError(
        f"plex.tv does not answer ({why})", remedy="paste a token instead, or try again later"
    )
