"""An exception that no class of ours names, met at one scene: a bug, or a row that is broken.

It stays that scene's own trouble: the scene is tried again and set aside in the end, and all
others go on. A text that we did not write may hold titles and paths, so the log tells the class and
the place.
"""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

from errors import PlexSyncError

log = logging.getLogger("PlexSync.worker")


def is_foreign(error: BaseException) -> bool:
    """Whether this says nothing of servers and disks, so that only the scene can be at fault."""
    return isinstance(error, Exception) and not isinstance(error, PlexSyncError | OSError)


def message_of(error: Exception) -> str:
    """What a person is told of an error."""
    if isinstance(error, PlexSyncError):
        return str(error)
    return f"a mistake in PlexSync itself ({type(error).__name__}); worker.log says where"


def where(error: BaseException) -> str:
    """The class and the places of an error, and of those behind it, without their texts."""
    frames = traceback.extract_tb(error.__traceback__)
    places = ", ".join(f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in frames)
    told = f"{type(error).__name__} in {places or 'no place'}"
    behind = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return f"{told}; behind it {where(behind)}" if behind else told


def say(scene_id: int, error: BaseException) -> None:
    """Log what was met at a scene."""
    log.error("scene %d: unexpected trouble: %s", scene_id, where(error))
    log.debug("scene %d: %s", scene_id, error)
