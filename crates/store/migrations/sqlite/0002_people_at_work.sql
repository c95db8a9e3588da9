-- Staff, sessions, and who looked at whom.
CREATE TABLE site (
  code           TEXT PRIMARY KEY,
  name           TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
  name           TEXT PRIMARY KEY,
  value          TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE staff (
  id             BLOB PRIMARY KEY,
  username       TEXT NOT NULL UNIQUE,
  name           TEXT NOT NULL,
  role           TEXT NOT NULL,
  all_sites      INTEGER NOT NULL,
  password_hash  TEXT NOT NULL,
  totp_secret    BLOB NOT NULL,
  totp_last_step INTEGER NOT NULL DEFAULT 0,
  failures       INTEGER NOT NULL DEFAULT 0,
  locked_until   INTEGER,
  disabled       INTEGER NOT NULL DEFAULT 0,
  shortcuts      INTEGER NOT NULL DEFAULT 0,
  created_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE staff_site (
  staff          BLOB NOT NULL,
  site           TEXT NOT NULL,
  PRIMARY KEY (staff, site)
) STRICT, WITHOUT ROWID;

-- Only the digest of a session's token is kept.
CREATE TABLE session (
  token          BLOB PRIMARY KEY,
  staff          BLOB NOT NULL,
  csrf           TEXT NOT NULL,
  signed_in_at   INTEGER NOT NULL,
  seen_at        INTEGER NOT NULL,
  half_way       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_staff ON session (staff);

-- What somebody had typed when the session ended.
CREATE TABLE draft (
  id             BLOB PRIMARY KEY,
  staff          BLOB NOT NULL,
  path           TEXT NOT NULL,
  form           TEXT NOT NULL,
  at             INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE access_log (
  id             INTEGER PRIMARY KEY,
  at             INTEGER NOT NULL,
  staff          BLOB,
  who            TEXT NOT NULL,
  role           TEXT NOT NULL,
  action         TEXT NOT NULL,
  detail         TEXT NOT NULL,
  chain          BLOB NOT NULL
) STRICT;
CREATE INDEX access_log_by_staff ON access_log (staff, id);

CREATE TABLE access_person (
  person         BLOB NOT NULL,
  access         INTEGER NOT NULL,
  PRIMARY KEY (person, access)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER access_log_is_append_only BEFORE DELETE ON access_log
BEGIN SELECT RAISE(ABORT, 'the access log is never deleted from'); END;
CREATE TRIGGER access_log_is_not_edited BEFORE UPDATE ON access_log
BEGIN SELECT RAISE(ABORT, 'the access log is never edited'); END;
CREATE TRIGGER access_person_is_append_only BEFORE DELETE ON access_person
BEGIN SELECT RAISE(ABORT, 'the access log is never deleted from'); END;
CREATE TRIGGER access_person_is_not_edited BEFORE UPDATE ON access_person
BEGIN SELECT RAISE(ABORT, 'the access log is never edited'); END;
