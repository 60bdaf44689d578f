"""JSON as Go writes it, and the inputs of hooks as Stash's Go structs show them.

A plugin that reads its standard input without a JSON parser sees exactly these bytes: keys in the
order of the struct, `<`, `>` and `&` escaped, other letters as UTF-8, maps sorted by key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any


def _keys(text: str) -> list[str]:
    return text.split()


SCENE_UPDATE = _keys(
    "clientMutationId id title code details director url urls date rating100 o_counter organized "
    "studio_id gallery_ids performer_ids movies groups tag_ids cover_image stash_ids resume_time "
    "play_duration play_count primary_file_id"
)
PERFORMER_CREATE = _keys(
    "name disambiguation url urls gender birthdate ethnicity country eye_color height height_cm "
    "measurements fake_tits penis_length circumcised career_length tattoos piercings aliases "
    "alias_list twitter instagram favorite tag_ids image stash_ids rating100 details death_date "
    "hair_color weight ignore_auto_tag custom_fields"
)
PERFORMER_UPDATE = ["id", *PERFORMER_CREATE]
STUDIO_CREATE = _keys(
    "name url urls parent_id image stash_ids rating100 favorite details aliases tag_ids "
    "ignore_auto_tag"
)
STUDIO_UPDATE = ["id", *STUDIO_CREATE]

# These structs show every key; a struct that is not here leaves out what is unset.
FULL_STRUCTS: Mapping[str, Sequence[str]] = {
    "SceneUpdate": SCENE_UPDATE,
    "PerformerCreate": PERFORMER_CREATE,
    "PerformerUpdate": PERFORMER_UPDATE,
    "StudioCreate": STUDIO_CREATE,
    "StudioUpdate": STUDIO_UPDATE,
}

_ESCAPES = str.maketrans(
    {
        "<": "\\u003c",
        ">": "\\u003e",
        "&": "\\u0026",
        "\u2028": "\\u2028",
        "\u2029": "\\u2029",
    }
)


def encode(value: object) -> bytes:
    """The bytes that Go's `json.Marshal` writes for a struct."""
    text = json.dumps(_whole(value), ensure_ascii=False, separators=(",", ":"))
    return text.translate(_ESCAPES).encode()


def _whole(value: object) -> object:
    """Floats without a fraction look like integers in Go."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _whole(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_whole(one) for one in value]
    return value


def sorted_map(value: object) -> object:
    """Keys in the order in which Go writes a map, at every depth."""
    if isinstance(value, Mapping):
        return {key: sorted_map(value[key]) for key in sorted(value)}
    if isinstance(value, (list, tuple)):
        return [sorted_map(one) for one in value]
    return value


def hook_input(struct: str, given: Mapping[str, Any]) -> dict[str, object]:
    """An input as its hook shows it: every key, or only those that are set."""
    if struct not in FULL_STRUCTS:
        return {key: value for key, value in given.items() if value is not None}
    full: dict[str, object] = {key: given.get(key) for key in FULL_STRUCTS[struct]}
    if full.get("stash_ids") is not None:
        full["stash_ids"] = [
            {key: one.get(key) for key in ("stash_id", "endpoint", "updated_at")}
            for one in given["stash_ids"]
        ]
    if struct == "PerformerUpdate":
        custom = given.get("custom_fields") or {}
        full["custom_fields"] = {key: custom.get(key) for key in ("full", "partial", "remove")}
    return full
