"""The ledger's schema, as steps from each version of the file to the next."""

from __future__ import annotations

FIRST_SCHEMA = """
CREATE TABLE items (
    rating_key INTEGER NOT NULL,
    part TEXT NOT NULL,
    section_uuid TEXT NOT NULL,
    machine TEXT NOT NULL,
    scene_id INTEGER NOT NULL,          -- the scene that wrote it last
    asked TEXT,                         -- NULL until a write is confirmed
    unsure TEXT NOT NULL DEFAULT '[]',  -- writes begun since then, oldest first
    before TEXT NOT NULL DEFAULT '{}',  -- fields are added, never changed
    begun REAL,                         -- Unix seconds
    confirmed REAL,                     -- Unix seconds
    UNIQUE (rating_key, part, section_uuid, machine)
);
CREATE INDEX items_by_scene ON items (scene_id);

CREATE TABLE scenes (
    scene_id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    cover TEXT NOT NULL,
    cover_etag TEXT NOT NULL,
    cover_sha1 TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    changed REAL NOT NULL,              -- Unix seconds
    paths TEXT NOT NULL
);
CREATE INDEX scenes_by_state ON scenes (state, code);

CREATE TABLE links (
    kind TEXT NOT NULL,
    object_id INTEGER NOT NULL,
    scene_id INTEGER NOT NULL,
    PRIMARY KEY (kind, object_id, scene_id)
) WITHOUT ROWID;
CREATE INDEX links_by_scene ON links (scene_id);

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_SECOND = """
ALTER TABLE items ADD COLUMN removed TEXT NOT NULL DEFAULT '{}';  -- taken out of lists by us
ALTER TABLE scenes ADD COLUMN about TEXT NOT NULL DEFAULT '';     -- what the code speaks of
ALTER TABLE scenes ADD COLUMN detail TEXT NOT NULL DEFAULT '{}';

CREATE INDEX items_by_part ON items (part);

CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,                   -- Unix seconds
    scene_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE TABLE run_writes (
    run TEXT NOT NULL,
    rating_key INTEGER NOT NULL,
    part TEXT NOT NULL,
    section_uuid TEXT NOT NULL,
    machine TEXT NOT NULL,
    scene_id INTEGER NOT NULL,
    before TEXT NOT NULL,               -- what stood in each field that the run wrote
    wrote TEXT NOT NULL,                -- what the run asked for
    removed TEXT NOT NULL,              -- what the run took out of lists
    PRIMARY KEY (run, rating_key, part, section_uuid, machine)
) WITHOUT ROWID;
CREATE TABLE wishes (
    scene_id INTEGER PRIMARY KEY,
    undo TEXT NOT NULL                  -- the run whose writes are undone; '' for all of them
);
CREATE TABLE seen (
    kind TEXT NOT NULL,
    object_id INTEGER NOT NULL,
    updated_at TEXT NOT NULL,
    at REAL NOT NULL,                   -- the same in Unix seconds
    PRIMARY KEY (kind, object_id)
) WITHOUT ROWID;
"""
# Counting 100,000 rows for each look at the page costs more than all the rest of it, so each row
# counts itself. Only codes that speak of folders are counted by what they speak of.
_FOLDER_CODES = "('no_mapping', 'no_library', 'not_scanned')"
_COUNT_NEW = f"""
    INSERT INTO state_counts VALUES (NEW.state, NEW.code, 1)
    ON CONFLICT (state, code) DO UPDATE SET count = count + 1;
    INSERT INTO trouble_counts
    SELECT NEW.code, NEW.about, 1 WHERE NEW.state = 'resting' AND NEW.code IN {_FOLDER_CODES}
    ON CONFLICT (code, about) DO UPDATE SET count = count + 1;
"""  # noqa: S608 - a constant
_UNCOUNT_OLD = f"""
    UPDATE state_counts SET count = count - 1 WHERE state = OLD.state AND code = OLD.code;
    DELETE FROM state_counts WHERE state = OLD.state AND code = OLD.code AND count = 0;
    UPDATE trouble_counts SET count = count - 1 WHERE OLD.state = 'resting'
    AND OLD.code IN {_FOLDER_CODES} AND code = OLD.code AND about = OLD.about;
    DELETE FROM trouble_counts WHERE code = OLD.code AND about = OLD.about AND count = 0;
"""  # noqa: S608 - a constant
_THIRD = f"""
CREATE TABLE state_counts (
    state TEXT NOT NULL,
    code TEXT NOT NULL,
    count INTEGER NOT NULL,             -- scenes
    PRIMARY KEY (state, code)
) WITHOUT ROWID;
CREATE TABLE trouble_counts (
    code TEXT NOT NULL,
    about TEXT NOT NULL,
    count INTEGER NOT NULL,             -- resting scenes
    PRIMARY KEY (code, about)
) WITHOUT ROWID;
CREATE INDEX trouble_counts_most ON trouble_counts (code, count);
INSERT INTO state_counts SELECT state, code, count(*) FROM scenes GROUP BY state, code;
INSERT INTO trouble_counts
    SELECT code, about, count(*) FROM scenes
    WHERE state = 'resting' AND code IN {_FOLDER_CODES} GROUP BY code, about;
CREATE TRIGGER scene_comes AFTER INSERT ON scenes BEGIN {_COUNT_NEW} END;
CREATE TRIGGER scene_goes AFTER DELETE ON scenes BEGIN {_UNCOUNT_OLD} END;
CREATE TRIGGER scene_moves AFTER UPDATE OF state, code, about ON scenes
    WHEN (OLD.state, OLD.code, OLD.about) IS NOT (NEW.state, NEW.code, NEW.about)
    BEGIN {_UNCOUNT_OLD} {_COUNT_NEW} END;
DROP INDEX scenes_by_state;
CREATE INDEX scenes_by_trouble ON scenes (state, code, about, scene_id);

CREATE TABLE choices (
    scene_id INTEGER PRIMARY KEY,
    rating_key INTEGER NOT NULL,
    machine TEXT NOT NULL DEFAULT ''    -- the server it was first used on
);
CREATE TABLE ignored (
    scene_id INTEGER PRIMARY KEY,
    at REAL NOT NULL                    -- Unix seconds
);
"""  # noqa: S608 - constants
_FOURTH = """
ALTER TABLE scenes ADD COLUMN source INTEGER NOT NULL DEFAULT 0;  -- see mirror.fingerprint
CREATE INDEX scenes_by_source ON scenes (scene_id, state, source);
"""
STEPS = (FIRST_SCHEMA, _SECOND, _THIRD, _FOURTH)  # from each version to the next
SCHEMA = len(STEPS)
FIRST_WITH_COUNTS = 3
