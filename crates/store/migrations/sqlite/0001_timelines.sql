-- Timelines: the record. Everything else about a person is derived from here.
CREATE TABLE stream (
  person     BLOB PRIMARY KEY,
  version    INTEGER NOT NULL,
  head       BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE fact (
  person     BLOB NOT NULL,
  seq        INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  body       TEXT,
  body_hash  BLOB NOT NULL,
  chain      BLOB NOT NULL,
  PRIMARY KEY (person, seq)
) STRICT;

CREATE TRIGGER fact_is_append_only BEFORE DELETE ON fact
BEGIN SELECT RAISE(ABORT, 'facts are never deleted'); END;
CREATE TRIGGER fact_is_not_edited BEFORE UPDATE ON fact
WHEN NEW.body IS NOT NULL OR NEW.person IS NOT OLD.person OR NEW.seq IS NOT OLD.seq OR NEW.at IS NOT OLD.at
  OR NEW.body_hash IS NOT OLD.body_hash OR NEW.chain IS NOT OLD.chain
BEGIN SELECT RAISE(ABORT, 'facts are never edited'); END;

-- Indexes derived from timelines; `herald rebuild` makes them again.
CREATE TABLE person (
  id         BLOB PRIMARY KEY,
  nhs_number TEXT UNIQUE,
  family     TEXT NOT NULL,
  given      TEXT NOT NULL,
  title      TEXT,
  family_key TEXT NOT NULL,
  given_key  TEXT NOT NULL,
  born       TEXT,
  sex        TEXT NOT NULL,
  postcode   TEXT,
  died       INTEGER NOT NULL,
  died_on    TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX person_by_name ON person (family_key, given_key);
CREATE INDEX person_by_birth ON person (born, family_key);

CREATE TABLE local_id (
  system     TEXT NOT NULL,
  value      TEXT NOT NULL,
  person     BLOB NOT NULL,
  PRIMARY KEY (system, value, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX local_id_by_person ON local_id (person);

CREATE TABLE person_site (
  person     BLOB NOT NULL,
  site       TEXT NOT NULL,
  PRIMARY KEY (person, site)
) STRICT, WITHOUT ROWID;

-- Which sightings stand on whose timeline, so that a source can take one back without naming the person.
CREATE TABLE sighting_key (
  key        TEXT NOT NULL,
  person     BLOB NOT NULL,
  PRIMARY KEY (key, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX sighting_key_by_person ON sighting_key (person);

CREATE TABLE episode (
  id             BLOB PRIMARY KEY,
  person         BLOB NOT NULL,
  site           TEXT NOT NULL,
  list           TEXT NOT NULL,
  due            TEXT,
  fracture       TEXT NOT NULL,
  fracture_words TEXT NOT NULL,
  fracture_date  TEXT,
  sort_date      TEXT NOT NULL,
  raised_at      INTEGER NOT NULL,
  why            TEXT NOT NULL,
  look           INTEGER NOT NULL,
  refracture     INTEGER NOT NULL,
  sightings      INTEGER NOT NULL,
  closed_because TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX episode_by_person ON episode (person);
CREATE INDEX episode_worklist ON episode (list, site, due, sort_date, fracture, id);

-- Inbox: what was received, as it came, and what became of it.
CREATE TABLE import (
  id             BLOB PRIMARY KEY,
  file_name      TEXT NOT NULL,
  sha256         BLOB NOT NULL UNIQUE,
  bytes          INTEGER NOT NULL,
  format         TEXT NOT NULL,
  by_whom        TEXT NOT NULL,
  state          TEXT NOT NULL,
  expected       INTEGER NOT NULL,
  staged         INTEGER NOT NULL,
  had            INTEGER NOT NULL,
  notes          INTEGER NOT NULL,
  started_at     INTEGER NOT NULL,
  finished_at    INTEGER,
  problem        TEXT,
  advice         TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX import_by_start ON import (started_at);

CREATE TABLE inbox (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  item           BLOB NOT NULL UNIQUE,
  import         BLOB NOT NULL,
  line           INTEGER NOT NULL,
  format         TEXT NOT NULL,
  raw            BLOB NOT NULL,
  control        TEXT,
  control_reused INTEGER NOT NULL DEFAULT 0,
  state          TEXT NOT NULL,
  reason         TEXT,
  site           TEXT,
  person         BLOB,
  received_at    INTEGER NOT NULL,
  processed_at   INTEGER
) STRICT;
CREATE INDEX inbox_waiting ON inbox (id) WHERE state = 'received';
CREATE INDEX inbox_by_import ON inbox (import, state, reason);
CREATE INDEX inbox_by_control ON inbox (control) WHERE control IS NOT NULL;
CREATE INDEX inbox_by_person ON inbox (person) WHERE person IS NOT NULL;

CREATE TABLE import_fault (
  import         BLOB NOT NULL,
  line           INTEGER NOT NULL,
  nth            INTEGER NOT NULL,
  col            TEXT,
  header         TEXT,
  value          TEXT,
  problem        TEXT NOT NULL,
  advice         TEXT NOT NULL,
  severity       TEXT NOT NULL,
  PRIMARY KEY (import, line, nth)
) STRICT, WITHOUT ROWID;

-- Held items: who is it? A person decides.
CREATE TABLE question (
  item           BLOB PRIMARY KEY,
  site           TEXT NOT NULL,
  kind           TEXT NOT NULL,
  key            TEXT NOT NULL,
  family         TEXT NOT NULL,
  given          TEXT NOT NULL,
  nhs_number     TEXT,
  born           TEXT,
  fracture       TEXT NOT NULL,
  fracture_words TEXT NOT NULL,
  fracture_date  TEXT,
  sort_date      TEXT NOT NULL,
  why            TEXT NOT NULL,
  raised_at      INTEGER NOT NULL,
  answered_at    INTEGER,
  answered_by    TEXT,
  person         BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX question_by_key ON question (key) WHERE answered_at IS NULL;
CREATE INDEX question_open ON question (site, sort_date, item) WHERE answered_at IS NULL;

-- What the reader said no to, and what clinicians found on looking again.
CREATE TABLE said_no (
  item           BLOB PRIMARY KEY,
  site           TEXT NOT NULL,
  kind           TEXT NOT NULL,
  why            TEXT NOT NULL,
  seen_on        TEXT,
  drawn          BLOB NOT NULL,
  at             INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX said_no_by_reason ON said_no (why, kind, site);
CREATE INDEX said_no_by_draw ON said_no (why, drawn);

CREATE TABLE said_no_review (
  item           BLOB NOT NULL,
  by_user        BLOB NOT NULL,
  verdict        TEXT NOT NULL,
  note           TEXT,
  at             INTEGER NOT NULL,
  PRIMARY KEY (item, by_user)
) STRICT, WITHOUT ROWID;
