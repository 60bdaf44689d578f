"""How scenes stand, as rows of the ledger: the state of each, and the objects it held."""

from __future__ import annotations

from collections.abc import Iterable

from mirror import records
from mirror.ledger_file import LedgerFile
from mirror.records import Link, SceneState

_CHUNK = 500  # ids in one query; SQLite may allow no more than 999 variables
_COLUMNS = (
    "scene_id, state, code, message, fingerprint, cover, cover_etag, cover_sha1, updated_at, "
    "changed, paths, about, detail, source"
)
_PUT_SCENE = f"""
INSERT INTO scenes ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (scene_id) DO UPDATE SET
    changed = CASE WHEN state = excluded.state AND code = excluded.code
              THEN changed ELSE excluded.changed END,
    state = excluded.state, code = excluded.code, message = excluded.message,
    fingerprint = excluded.fingerprint, cover = excluded.cover,
    cover_etag = excluded.cover_etag, cover_sha1 = excluded.cover_sha1,
    updated_at = excluded.updated_at, paths = excluded.paths,
    about = excluded.about, detail = excluded.detail, source = excluded.source
"""  # noqa: S608 - a constant
# Answered from the index alone: the rows themselves are wide, and there may be many.
_SOURCES_BETWEEN = """
SELECT scene_id, CASE state WHEN 'in_step' THEN source ELSE 0 END
FROM scenes INDEXED BY scenes_by_source
WHERE scene_id > ? AND scene_id <= ? AND state != 'gone'
"""
_SceneRow = tuple[
    int, records.State, str, str, str, str, str, str, str, float, str, str, str, int
]  # in the order of _COLUMNS


class SceneRows:
    """The tables of scenes and of what they held.

    Args:
        file: The ledger's; transactions are its caller's.
    """

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    def put(self, state: SceneState, now: float) -> None:
        """Record how one scene stands."""
        self._file.execute(
            _PUT_SCENE,
            (
                state.scene_id,
                state.state,
                state.code,
                state.message,
                state.fingerprint,
                state.cover,
                state.cover_etag,
                state.cover_sha1,
                state.updated_at,
                now,
                records.to_json(state.paths),
                state.about,
                records.detail_json(state.detail),
                state.source,
            ),
        )
        if state.links is not None:
            self._put_links(state.scene_id, state.links)

    def of(self, ids: Iterable[int]) -> dict[int, SceneState]:
        """Return how scenes stand; those never synced are left out."""
        wanted = list(ids)
        found: dict[int, SceneState] = {}
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            marks = ",".join("?" * len(chunk))
            found.update(
                (state.scene_id, state)
                for state in self._read(f"WHERE scene_id IN ({marks})", chunk)
            )
        return found

    def sources_between(self, after: int, last: int) -> dict[int, int]:
        """Return the scenes that were not gone when last looked at, in a range of ids.

        With the source of those that are in step, and 0 for the others.
        """
        return dict(self._file.execute(_SOURCES_BETWEEN, (after, last)))

    def in_state(self, state: records.State, *codes: str) -> list[SceneState]:
        """Return the scenes in one state, by id; with codes only those with one of them."""
        marks = ",".join("?" * len(codes))
        which = f" AND code IN ({marks})" if codes else ""
        return self._read(f"WHERE state = ?{which} ORDER BY scene_id", (state, *codes))

    def holding(self, kind: records.Kind, object_id: int) -> list[int]:
        """Return the scenes that held a Stash object when last synced."""
        rows = self._file.execute(
            "SELECT scene_id FROM links WHERE kind = ? AND object_id = ? ORDER BY scene_id",
            (kind, object_id),
        )
        return [scene_id for (scene_id,) in rows]

    def _put_links(self, scene_id: int, links: frozenset[Link]) -> None:
        """Write only what differs: most syncs leave a scene's performers and tags alone."""
        rows = self._file.execute(
            "SELECT kind, object_id FROM links WHERE scene_id = ?", (scene_id,)
        )
        held = frozenset(rows)
        if held == links:
            return
        self._file.execute_many(
            "DELETE FROM links WHERE kind = ? AND object_id = ? AND scene_id = ?",
            [(*link, scene_id) for link in held - links],
        )
        self._file.execute_many(
            "INSERT INTO links (kind, object_id, scene_id) VALUES (?, ?, ?)",
            [(*link, scene_id) for link in links - held],
        )

    def _read(self, where: str, values: Iterable[object] = ()) -> list[SceneState]:
        rows = self._file.execute(
            f"SELECT {_COLUMNS} FROM scenes {where}",  # noqa: S608 - constants and marks only
            tuple(values),
        )
        return [_scene_state(row) for row in rows]


def _scene_state(row: _SceneRow) -> SceneState:
    """What a row says; one whose JSON is broken makes its scene be looked at anew."""
    try:
        paths, detail = records.read_paths(row[10]), records.read_detail(row[12])
    except (ValueError, TypeError, AttributeError):
        return SceneState(scene_id=row[0], state=row[1], code=row[2], changed=row[9])
    return SceneState(
        scene_id=row[0],
        state=row[1],
        code=row[2],
        message=row[3],
        fingerprint=row[4],
        cover=row[5],
        cover_etag=row[6],
        cover_sha1=row[7],
        updated_at=row[8],
        changed=row[9],
        paths=paths,
        about=row[11],
        detail=detail,
        source=row[13],
    )
