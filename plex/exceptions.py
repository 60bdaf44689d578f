"""What the matcher says when a complete answer holds no item."""

from __future__ import annotations

from errors import PlexSyncError


class PlexNotFound(PlexSyncError):  # noqa: N818 - the name is part of the fixed public API
    """No item of the library holds the file; a normal resting state, said only by a full answer.

    Attributes:
        path: The file as it was asked for.
    """

    code = "not_in_plex"

    def __init__(self, path: str, *, library: str = "") -> None:
        self.path = path
        where = f"the library {library!r}" if library else "the library"
        super().__init__(
            f"no item of {where} holds {path}",
            remedy="let Plex scan its folder, or correct the path mapping",
        )
