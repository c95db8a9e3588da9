-- After a fracture is accepted. `todo` and `audit` are derived from timelines like the other indexes; `herald rebuild`
-- makes them again.
ALTER TABLE episode ADD COLUMN last_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE episode ADD COLUMN by_whom TEXT;
CREATE INDEX episode_stalled ON episode (list, last_at, due, site);

-- Everything that waits to be done, each on its own list.
CREATE TABLE todo (
  episode        BLOB NOT NULL,
  task           TEXT NOT NULL,
  person         BLOB NOT NULL,
  site           TEXT NOT NULL,
  list           TEXT NOT NULL,
  opens          TEXT NOT NULL,
  due            TEXT NOT NULL,
  by_whom        TEXT,
  fracture       TEXT NOT NULL,
  why            TEXT NOT NULL,
  PRIMARY KEY (episode, task)
) STRICT, WITHOUT ROWID;
CREATE INDEX todo_list ON todo (list, site, opens, due, fracture, episode);

-- One row for each accepted fracture, as the FLS-DB patient audit sees it.
CREATE TABLE audit (
  episode        BLOB PRIMARY KEY,
  person         BLOB NOT NULL,
  site           TEXT NOT NULL,
  record         BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Letters as they were approved. Never changed.
CREATE TABLE document (
  letter         BLOB PRIMARY KEY,
  person         BLOB NOT NULL,
  episode        BLOB NOT NULL,
  at             INTEGER NOT NULL,
  digest         TEXT NOT NULL,
  data           TEXT NOT NULL,
  html           TEXT NOT NULL,
  words          TEXT NOT NULL,
  pdf            BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER document_is_kept BEFORE DELETE ON document
BEGIN SELECT RAISE(ABORT, 'approved letters are never deleted'); END;
CREATE TRIGGER document_is_not_edited BEFORE UPDATE ON document
BEGIN SELECT RAISE(ABORT, 'approved letters are never edited'); END;

-- Links to the patient's questionnaire. Only the digest of the link's secret is kept.
CREATE TABLE questionnaire (
  link           BLOB PRIMARY KEY,
  person         BLOB NOT NULL,
  episode        BLOB NOT NULL,
  until          TEXT NOT NULL,
  state          TEXT NOT NULL,
  failures       INTEGER NOT NULL DEFAULT 0,
  opened         BLOB,
  answers        TEXT NOT NULL,
  at             INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX questionnaire_by_episode ON questionnaire (episode);
