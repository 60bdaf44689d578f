"""The words for what can be asked of the worker, sorted by how it goes about them."""

from __future__ import annotations

ALL_SCENES = {"sync_all": False, "rewrite_all": True}  # mode -> whatever the fingerprint says
COMPARE = "compare"  # asked for by nobody: a setting changed, or a file was damaged
LISTED_MODES = {*ALL_SCENES, COMPARE, "sync_recent"}
SHORT_MODES = {"retry_failed", "clear_caches", "process", "undo"}  # in the queue, or done at once
LOOKING_MODES = {"preview", "preview_undo", "detect_paths"}  # write nothing; the worker steps them
# Questions of the set-up: asked beside the loop, whatever else waits.
ASKING_MODES = {
    "find_plex",
    "test_plex",
    "sign_in",
    "libraries",
    "test_path",
    "elsewhere",
    "remove_urls",
}
