-- What the service takes: each set of rules as it was proposed, and all that was done about it, in order. Where a set
-- stands follows from what was done; nothing here is ever changed.
CREATE TABLE rule_set (
  number         INTEGER PRIMARY KEY,
  body           TEXT NOT NULL,
  digest         TEXT NOT NULL,
  note           TEXT NOT NULL,
  staff          BLOB,
  who            TEXT NOT NULL,
  at             INTEGER NOT NULL,
  -- Ids of the messages that before and after are counted on.
  frozen         BLOB NOT NULL
) STRICT;

CREATE TABLE rule_act (
  id             INTEGER PRIMARY KEY,
  number         INTEGER NOT NULL REFERENCES rule_set (number),
  what           TEXT NOT NULL,
  staff          BLOB,
  who            TEXT NOT NULL,
  role           TEXT NOT NULL,
  at             INTEGER NOT NULL,
  detail         TEXT NOT NULL
) STRICT;
CREATE INDEX rule_act_by_set ON rule_act (number, id);
CREATE INDEX rule_act_live ON rule_act (id) WHERE what = 'live';

CREATE TRIGGER rule_set_is_kept BEFORE DELETE ON rule_set
BEGIN SELECT RAISE(ABORT, 'rule sets are never deleted'); END;
CREATE TRIGGER rule_set_is_not_edited BEFORE UPDATE ON rule_set
BEGIN SELECT RAISE(ABORT, 'rule sets are never edited'); END;
CREATE TRIGGER rule_act_is_kept BEFORE DELETE ON rule_act
BEGIN SELECT RAISE(ABORT, 'what was done about rules is never deleted'); END;
CREATE TRIGGER rule_act_is_not_edited BEFORE UPDATE ON rule_act
BEGIN SELECT RAISE(ABORT, 'what was done about rules is never edited'); END;
