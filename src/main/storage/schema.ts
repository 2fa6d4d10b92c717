/**
 * The schema, as the list of steps that lead to it: entry n brings `user_version` n to n + 1. Entries are never edited
 * once released, only added. Tables hold what is queried; arrays (counts, probabilities, labels) are blobs in memory
 * order (little-endian), pixels are files beside the database.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE image_sets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    count INTEGER NOT NULL, height INTEGER NOT NULL, width INTEGER NOT NULL, channels INTEGER NOT NULL,
    classes TEXT NOT NULL,                 -- JSON array
    labels BLOB NOT NULL,                  -- uint8 per image, 255 where the publisher gave none
    file_names TEXT,                       -- JSON array or null
    digest TEXT NOT NULL, source TEXT NOT NULL, licence TEXT, citation TEXT,
    created_at TEXT NOT NULL
  ) STRICT;

  CREATE TABLE label_sets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    image_set TEXT NOT NULL,               -- by name: labels may arrive before their images
    format TEXT NOT NULL,
    images INTEGER NOT NULL, classes INTEGER NOT NULL,
    counts BLOB,                           -- uint32 (images, classes), null where the source holds probabilities only
    probabilities BLOB NOT NULL,           -- float64 (images, classes)
    judgments INTEGER, annotators INTEGER, excluded INTEGER,
    digest TEXT NOT NULL, source TEXT NOT NULL, licence TEXT, citation TEXT,
    report TEXT NOT NULL,                  -- JSON array of sentences
    created_at TEXT NOT NULL
  ) STRICT;

  CREATE TABLE annotators (
    label_set INTEGER NOT NULL REFERENCES label_sets (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,               -- index within the label set
    code TEXT NOT NULL,                    -- the source's identifier
    checks INTEGER NOT NULL, checks_correct INTEGER NOT NULL, excluded INTEGER NOT NULL,
    PRIMARY KEY (label_set, number)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE judgments (
    label_set INTEGER NOT NULL REFERENCES label_sets (id) ON DELETE CASCADE,
    row INTEGER NOT NULL,                  -- order in the source
    annotator INTEGER NOT NULL, trial INTEGER NOT NULL,
    image INTEGER NOT NULL,                -- index in the image set, -1 on attention checks
    truth INTEGER NOT NULL, chosen INTEGER NOT NULL, is_check INTEGER NOT NULL,
    reaction_time_ms REAL NOT NULL, elapsed_ms REAL NOT NULL,
    file INTEGER NOT NULL,                 -- index into judgment_files.names
    PRIMARY KEY (label_set, row)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE judgment_files (
    label_set INTEGER PRIMARY KEY REFERENCES label_sets (id) ON DELETE CASCADE,
    names TEXT NOT NULL                    -- JSON array
  ) STRICT;

  CREATE TABLE experiments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    preset TEXT NOT NULL, image_set TEXT NOT NULL, label_set TEXT NOT NULL, device TEXT NOT NULL,
    key TEXT UNIQUE,                       -- names a request that may be repeated (reproduce into a folder)
    created_at TEXT NOT NULL
  ) STRICT;

  CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    experiment INTEGER REFERENCES experiments (id),
    config TEXT NOT NULL,                  -- JSON
    state TEXT NOT NULL,
    queued INTEGER,                        -- place in the queue, null when not queued
    progress TEXT, error TEXT, device TEXT, engine TEXT, result TEXT,
    created_at TEXT NOT NULL, started_at TEXT, finished_at TEXT
  ) STRICT;
  CREATE INDEX runs_by_experiment ON runs (experiment);
  CREATE INDEX runs_by_queue ON runs (queued) WHERE queued IS NOT NULL;

  CREATE TABLE metrics (
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    point TEXT NOT NULL,                   -- JSON, only what was measured at this step
    PRIMARY KEY (run, step)
  ) STRICT, WITHOUT ROWID;

  -- Which process holds what: the queue, an import under way. A row whose process is dead is what a kill left behind.
  CREATE TABLE claims (
    name TEXT PRIMARY KEY,
    process TEXT NOT NULL,                 -- host, pid and start of the process
    detail TEXT NOT NULL,
    since TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What this program's own sessions know of a judgment beyond the published columns.
  CREATE TABLE judgment_sessions (
    label_set INTEGER NOT NULL REFERENCES label_sets (id) ON DELETE CASCADE,
    row INTEGER NOT NULL,                  -- as in judgments
    slot INTEGER NOT NULL,                 -- 255 where unknown
    onset_ms REAL NOT NULL, answered_at REAL NOT NULL, focus_losses INTEGER NOT NULL,
    PRIMARY KEY (label_set, row)
  ) STRICT, WITHOUT ROWID;
  ALTER TABLE label_sets ADD COLUMN rules TEXT;   -- JSON: threshold on the checks, decisions by hand; null where unknown
  ALTER TABLE annotators ADD COLUMN layout TEXT;  -- JSON array: class on each slot; null where unknown

  CREATE TABLE studies (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    config TEXT NOT NULL,                  -- JSON, StudyConfig without its name
    join_token TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL
  ) STRICT;

  CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    study INTEGER NOT NULL REFERENCES studies (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,               -- from 1 within the study
    token TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL, simulated TEXT,
    external TEXT, external_id TEXT,       -- JSON; service and participant, one session each
    stage TEXT NOT NULL, stopped TEXT,
    practice_position INTEGER NOT NULL, position INTEGER NOT NULL,
    layout BLOB,                           -- uint8, class on each slot; null until it begins, as the plan
    plan BLOB,                             -- int32 (trials, 2): image, 1 for a check
    practice BLOB,                         -- int32, images
    checks INTEGER NOT NULL, checks_correct INTEGER NOT NULL,
    verdict TEXT,
    environment TEXT,
    elapsed_ms REAL NOT NULL,
    created_at TEXT NOT NULL, started_at TEXT, seen_at TEXT, finished_at TEXT,
    UNIQUE (study, number),
    UNIQUE (study, external_id)
  ) STRICT;

  -- A trial answered again (a correction, a block begun anew) gets the next revision; the newest counts.
  CREATE TABLE answers (
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    trial INTEGER NOT NULL, revision INTEGER NOT NULL,
    image INTEGER NOT NULL, is_check INTEGER NOT NULL, truth INTEGER NOT NULL,
    chosen INTEGER NOT NULL, slot INTEGER NOT NULL,
    reaction_time_ms REAL NOT NULL, onset_ms REAL NOT NULL, elapsed_ms REAL NOT NULL, focus_losses INTEGER NOT NULL,
    answered_at REAL NOT NULL,             -- milliseconds since 1970
    PRIMARY KEY (session, trial, revision)
  ) STRICT, WITHOUT ROWID;

  -- Apart from the answers, so that nothing can count practice by mistake.
  CREATE TABLE practice_answers (
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    trial INTEGER NOT NULL, attempt INTEGER NOT NULL,
    image INTEGER NOT NULL, truth INTEGER NOT NULL, chosen INTEGER NOT NULL, slot INTEGER NOT NULL,
    reaction_time_ms REAL NOT NULL, onset_ms REAL NOT NULL, elapsed_ms REAL NOT NULL, focus_losses INTEGER NOT NULL,
    answered_at REAL NOT NULL,
    PRIMARY KEY (session, trial, attempt)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE study_ledger (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    study INTEGER NOT NULL REFERENCES studies (id) ON DELETE CASCADE,
    at TEXT NOT NULL, kind TEXT NOT NULL, participant TEXT, from_value TEXT NOT NULL, to_value TEXT NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- Digest of the configuration (domain/runs/runKey); null in runs of earlier versions, which nothing starts from.
  ALTER TABLE runs ADD COLUMN key TEXT;
  CREATE INDEX runs_by_key ON runs (key) WHERE key IS NOT NULL;
  ALTER TABLE experiments ADD COLUMN families TEXT NOT NULL DEFAULT '[]';  -- JSON array

  -- Attacks on finished runs beyond those of their configuration.
  CREATE TABLE attacks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    result TEXT NOT NULL,                  -- JSON, AttackResult
    created_at TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- What an experiment is made of, in the order of its plan. A run that is done may serve several: runs.experiment
  -- says which one queued it, or took it in first.
  CREATE TABLE experiment_runs (
    experiment INTEGER NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    PRIMARY KEY (experiment, position)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX experiment_runs_by_run ON experiment_runs (run);
  INSERT INTO experiment_runs SELECT experiment, id, id FROM runs WHERE experiment IS NOT NULL;
  `,
  `
  -- A removed study can be taken back until its name is given again or the project is opened anew.
  ALTER TABLE studies ADD COLUMN removed_at TEXT;
  `,
  `
  -- What a person keeps with a run. A removed run names the process that removed it: while that one lives the removal can
  -- be undone, afterwards the next opening deletes the run (repair.ts).
  ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT '';
  ALTER TABLE runs ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';  -- JSON array
  ALTER TABLE runs ADD COLUMN removed_by TEXT;

  -- What a person has set for the whole project: how many runs at once, whether the queue is held.
  CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL                    -- JSON
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What is left of a participant, or of an annotator of a label set, whose data were erased: nothing that identifies.
  -- A participant's number is never given again. Survives its study, so that it can still be shown that it was done.
  CREATE TABLE erasures (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    study INTEGER REFERENCES studies (id) ON DELETE SET NULL,  -- null for an annotator of a label set
    number INTEGER,                        -- the participant's within the study; null for an annotator
    source TEXT NOT NULL,                  -- name of the study or of the label set at that time
    at TEXT NOT NULL, decided_by TEXT NOT NULL, reason TEXT NOT NULL,
    answers INTEGER NOT NULL,              -- every revision, attention checks included
    practice_answers INTEGER NOT NULL,
    UNIQUE (study, number)
  ) STRICT;

  -- Label sets that changed by an erasure, or rest on judgments that were erased since.
  CREATE TABLE erased_labels (
    label_set INTEGER NOT NULL REFERENCES label_sets (id) ON DELETE CASCADE,
    erasure INTEGER NOT NULL REFERENCES erasures (id),
    judgments INTEGER NOT NULL,            -- taken out, of this set or of the set it was made of
    PRIMARY KEY (label_set, erasure)
  ) STRICT, WITHOUT ROWID;

  -- Which study a label set was published from (null where it was not, or by an earlier version: then the judgments
  -- themselves tell), and which label set it was aggregated from.
  ALTER TABLE label_sets ADD COLUMN study INTEGER REFERENCES studies (id) ON DELETE SET NULL;
  ALTER TABLE label_sets ADD COLUMN derived_from INTEGER REFERENCES label_sets (id) ON DELETE SET NULL;
  ALTER TABLE label_sets ADD COLUMN method TEXT;
  -- Earlier versions wrote "<name>, aggregated by <method>. ..." as the source.
  UPDATE label_sets SET derived_from = (
      SELECT s.id FROM label_sets s WHERE s.id < label_sets.id AND s.image_set = label_sets.image_set
        AND substr(label_sets.source, 1, length(s.name) + 16) = s.name || ', aggregated by '
      ORDER BY length(s.name) DESC LIMIT 1)
    WHERE format = 'aggregate';
  UPDATE label_sets SET method = (
      SELECT substr(label_sets.source, length(s.name) + 17,
          instr(substr(label_sets.source, length(s.name) + 17), '.') - 1)
        FROM label_sets s WHERE s.id = label_sets.derived_from)
    WHERE derived_from IS NOT NULL;
  `,
]
