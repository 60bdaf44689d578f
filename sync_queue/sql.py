"""The SQL of the job queue, and nothing else: what a row holds and how it moves.

A status is persist-queue's `AckStatus`: 1 waiting, 2 out (claimed), 9 failed (dead letter).
They stand here as numbers because SQLite uses a partial index only for a literal.

The `next_*` columns are what was asked for while the row was out. They are NULL unless it
is out, so `next_due IS NOT NULL` and "the generation moved" are the same.

`RETURNING` is avoided: Python 3.10 may come with a SQLite older than 3.35.
"""

from __future__ import annotations

SCHEMA = 1

CREATE_TABLE = """
CREATE TABLE IF NOT EXISTS {table_name} (
    {key_column} INTEGER PRIMARY KEY,
    status INTEGER NOT NULL DEFAULT 1,
    priority INTEGER NOT NULL,
    due REAL NOT NULL,
    asked REAL NOT NULL,
    generation INTEGER NOT NULL DEFAULT 1,
    attempts INTEGER NOT NULL DEFAULT 0,
    run TEXT NOT NULL,
    force INTEGER NOT NULL,
    -- The last failure. A dead letter that is tried again keeps it until it is done, so that
    -- it can go back where it was when the run that tries it is cancelled.
    code TEXT NOT NULL DEFAULT '',
    message TEXT NOT NULL DEFAULT '',
    buried REAL,
    next_due REAL,
    next_asked REAL,
    next_priority INTEGER,
    next_run TEXT,
    next_force INTEGER
)
"""

# A run's progress is looked at with every batch: its rows count themselves, for counting 100,000
# of them costs more than the batch. Counted once when the file is opened, which an older version
# may have written.
CREATE_RUN_COUNTS = (
    "CREATE TABLE IF NOT EXISTS run_counts (run TEXT PRIMARY KEY, jobs INTEGER NOT NULL)",
    """
    CREATE TRIGGER IF NOT EXISTS job_comes AFTER INSERT ON scene_jobs WHEN NEW.run != '' BEGIN
        INSERT INTO run_counts VALUES (NEW.run, 1)
        ON CONFLICT (run) DO UPDATE SET jobs = jobs + 1;
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS job_goes AFTER DELETE ON scene_jobs WHEN OLD.run != '' BEGIN
        UPDATE run_counts SET jobs = jobs - 1 WHERE run = OLD.run;
        DELETE FROM run_counts WHERE run = OLD.run AND jobs = 0;
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS job_moves AFTER UPDATE OF run ON scene_jobs
    WHEN OLD.run != NEW.run BEGIN
        UPDATE run_counts SET jobs = jobs - 1 WHERE run = OLD.run;
        DELETE FROM run_counts WHERE run = OLD.run AND jobs = 0;
        INSERT INTO run_counts SELECT NEW.run, 1 WHERE NEW.run != ''
        ON CONFLICT (run) DO UPDATE SET jobs = jobs + 1;
    END
    """,
)
FORGET_RUN_COUNTS = "DELETE FROM run_counts"
COUNT_RUNS = """
INSERT INTO run_counts SELECT run, COUNT(*) FROM scene_jobs WHERE run != '' GROUP BY run
"""

# The first decides the claim, the next due time and the counts. Each priority is asked for
# by itself: a range over `due` inside one priority is exact, whereas ordering all of them by
# priority walks over every urgent row that waits (5 ms at 100,000 rows with nothing due).
CREATE_REST = (
    "CREATE INDEX IF NOT EXISTS scene_jobs_due ON scene_jobs (status, priority, due)",
    "CREATE INDEX IF NOT EXISTS scene_jobs_run ON scene_jobs (run) WHERE run != ''",
    "CREATE INDEX IF NOT EXISTS scene_jobs_code ON scene_jobs (code) WHERE status = 9",
    "CREATE INDEX IF NOT EXISTS scene_jobs_buried ON scene_jobs (buried) WHERE status = 9",
    "CREATE INDEX IF NOT EXISTS jobs_retry ON scene_jobs (due) WHERE status = 1 AND code != ''",
    *CREATE_RUN_COUNTS,
    # Last, so that a reader takes a half-made file for none.
    "PRAGMA user_version = 1",
)

# A put names its scenes in a table of its own: one statement for each state of a row is
# easier to read than one upsert of CASEs, and 100,000 rows take four statements.
CREATE_WANTED = "CREATE TEMP TABLE IF NOT EXISTS wanted (scene_id INTEGER PRIMARY KEY)"
CLEAR_WANTED = "DELETE FROM wanted"
ADD_WANTED = "INSERT OR IGNORE INTO wanted VALUES (?)"

# `+status` keeps SQLite from the index over all waiting rows: the few wanted ones are looked up.
PUT_WAITING = """
UPDATE scene_jobs SET
    generation = generation + 1,
    due = MIN(
        :now + :hold,
        asked + :hold_most,
        -- Only what is as urgent may make a row wait longer.
        CASE WHEN :priority < priority THEN due ELSE :now + :hold END
    ),
    asked = MIN(asked, :now),
    priority = MAX(priority, :priority),
    run = CASE WHEN run = :run THEN run ELSE '' END,
    force = MAX(force, :force),
    attempts = CASE WHEN :priority = 2 THEN 0 ELSE attempts END
WHERE scene_id IN (SELECT scene_id FROM wanted) AND +status = 1
"""

PUT_OUT = """
UPDATE scene_jobs SET
    generation = generation + 1,
    next_due = MIN(
        :now + :hold,
        IFNULL(next_asked, :now) + :hold_most,
        CASE WHEN :priority < next_priority THEN next_due ELSE :now + :hold END
    ),
    next_asked = MIN(IFNULL(next_asked, :now), :now),
    next_priority = MAX(IFNULL(next_priority, :priority), :priority),
    next_run = CASE WHEN IFNULL(next_run, :run) = :run THEN :run ELSE '' END,
    next_force = MAX(IFNULL(next_force, :force), :force)
WHERE scene_id IN (SELECT scene_id FROM wanted) AND +status = 2
"""

# `force` stays: what it asked for has not been done.
PUT_FAILED = """
UPDATE scene_jobs SET
    status = 1,
    generation = generation + 1,
    due = :now + :hold,
    asked = :now,
    priority = :priority,
    run = :run,
    force = MAX(force, :force),
    attempts = 0
WHERE scene_id IN (SELECT scene_id FROM wanted) AND +status = 9
"""

PUT_NEW = """
INSERT INTO scene_jobs (scene_id, priority, due, asked, run, force)
SELECT scene_id, :priority, :now + :hold, :now, :run, :force FROM wanted
WHERE true ON CONFLICT (scene_id) DO NOTHING
"""

SELECT_DUE = """
SELECT scene_id, generation, attempts + 1, priority, run, force, asked FROM scene_jobs
WHERE status = 1 AND priority = :priority AND due <= :now
ORDER BY due, scene_id LIMIT :limit
"""

CLAIM = "UPDATE scene_jobs SET status = 2, attempts = attempts + 1 WHERE scene_id = ?"

NEXT_DUE = """
WITH level (priority) AS (VALUES (0), (1), (2))
SELECT MIN((
    SELECT MIN(due) FROM scene_jobs WHERE status = 1 AND scene_jobs.priority = level.priority
)) FROM level
"""

ASKED_AGAIN = "SELECT scene_id FROM scene_jobs WHERE status = 2 AND next_priority = ?"

ACK = "DELETE FROM scene_jobs WHERE scene_id = ? AND status = 2 AND generation = ?"

# The pass that was done is forgotten, what was asked for meanwhile begins.
ACK_MOVED = """
UPDATE scene_jobs SET
    status = 1, attempts = 0, code = '', message = '', buried = NULL,
    due = next_due, asked = next_asked, priority = next_priority, run = next_run,
    force = next_force,
    next_due = NULL, next_asked = NULL, next_priority = NULL, next_run = NULL, next_force = NULL
WHERE scene_id = ? AND status = 2 AND generation > ? AND next_due IS NOT NULL
"""

# The pass was not done: what it was to do and what was asked for meanwhile become one.
BACK_ALL = """
UPDATE scene_jobs SET
    status = 1,
    attempts = CASE WHEN next_priority = 2 THEN 0 ELSE MAX(attempts - :uncounted, 0) END,
    due = MIN(due, IFNULL(next_due, due)),
    asked = MIN(asked, IFNULL(next_asked, asked)),
    priority = MAX(priority, IFNULL(next_priority, priority)),
    run = CASE WHEN IFNULL(next_run, run) = run THEN run ELSE '' END,
    force = MAX(force, IFNULL(next_force, force)),
    next_due = NULL, next_asked = NULL, next_priority = NULL, next_run = NULL, next_force = NULL
WHERE status = 2
"""
BACK = BACK_ALL + "AND scene_id = :scene_id AND generation >= :generation"

RETRY = """
UPDATE scene_jobs SET status = 1, due = :not_before, code = :code, message = :message
WHERE scene_id = :scene_id AND status = 2 AND generation = :generation
"""

# A dead letter is nobody's: the run that asked for it has its answer.
BURY = """
UPDATE scene_jobs SET status = 9, buried = :now, code = :code, message = :message, run = ''
WHERE scene_id = :scene_id AND status = 2 AND generation = :generation
"""

BOUND_WAITS = "UPDATE scene_jobs SET due = :now WHERE status = 1 AND due > :latest"

DUE_NOW = "UPDATE scene_jobs SET due = :now WHERE status = 1 AND due > :now"

RETRY_FAILED = """
UPDATE scene_jobs SET
    status = 1, generation = generation + 1, attempts = 0, due = :now, asked = :now, run = :run
WHERE status = 9
"""

# `run != ''` lets SQLite use the partial index, and makes "nobody's run" match nothing.
UNRETRY_RUN = """
UPDATE scene_jobs SET status = 9, run = ''
WHERE run = :run AND run != '' AND status = 1 AND buried IS NOT NULL
"""
CANCEL_WAITING = "DELETE FROM scene_jobs WHERE run = :run AND run != '' AND +status = 1"
CANCEL_OUT = """
UPDATE scene_jobs SET
    run = CASE WHEN run = :run THEN '' ELSE run END,
    next_run = CASE WHEN next_run = :run THEN '' ELSE next_run END
WHERE status = 2 AND (run = :run OR next_run = :run)
"""

OPEN_OF_RUN = """
SELECT
    IFNULL((SELECT jobs FROM run_counts WHERE run = :run), 0)
    + (SELECT COUNT(*) FROM scene_jobs WHERE status = 2 AND next_run = :run AND run != :run)
"""

WAITING_COUNT = "SELECT COUNT(*) FROM scene_jobs WHERE status = 1"

# Each waiting row is passed once: those that are due, and those that are not.
COUNTS = """
SELECT
    (SELECT COUNT(*) FROM scene_jobs WHERE status = 1 AND priority IN (0, 1, 2) AND due > :now),
    (SELECT COUNT(*) FROM scene_jobs WHERE status = 1 AND priority IN (0, 1, 2) AND due <= :now),
    (SELECT COUNT(*) FROM scene_jobs WHERE status = 2)
"""

# SQLite would rather take the first index and sort.
FAILED_BY_CODE = """
SELECT code, COUNT(*) FROM scene_jobs INDEXED BY scene_jobs_code
WHERE status = 9 GROUP BY code
"""
# Not `INDEXED BY`: a reader may come before the worker that makes the index.
RETRYING = "SELECT COUNT(*), MIN(due) FROM scene_jobs WHERE status = 1 AND code != ''"
FAILED_OF_CODE = """
SELECT scene_id, code, message, attempts, buried FROM scene_jobs
WHERE status = 9 AND code = :code ORDER BY scene_id LIMIT :limit OFFSET :offset
"""
JOB_OF_SCENE = """
SELECT status, due, code, message, attempts FROM scene_jobs WHERE scene_id = ?
"""
JOBS_OF_SCENES = """
SELECT scene_id, status FROM scene_jobs
WHERE scene_id IN (SELECT value FROM json_each(?))
"""
DEAD_LETTERS = """
SELECT scene_id, code, message, attempts, buried FROM scene_jobs INDEXED BY scene_jobs_buried
WHERE status = 9 ORDER BY buried DESC, scene_id DESC LIMIT :limit OFFSET :offset
"""
