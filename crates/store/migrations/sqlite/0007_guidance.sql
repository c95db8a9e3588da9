-- What was done about the guidance packs, in order: approved, approval withdrawn, who is responsible for calculators and
-- options in live use. Nothing here is ever changed.
CREATE TABLE guidance_act (
  id             INTEGER PRIMARY KEY,
  what           TEXT NOT NULL,
  -- Empty where it is about all packs.
  pack           TEXT NOT NULL,
  version        TEXT NOT NULL,
  digest         TEXT NOT NULL,
  -- The clinician, or whoever is responsible; by whom it was entered stands beside.
  name           TEXT NOT NULL,
  registration   TEXT NOT NULL,
  on_day         TEXT NOT NULL,
  note           TEXT NOT NULL,
  staff          BLOB,
  who            TEXT NOT NULL,
  role           TEXT NOT NULL,
  at             INTEGER NOT NULL
) STRICT;
CREATE TRIGGER guidance_act_is_kept BEFORE DELETE ON guidance_act
BEGIN SELECT RAISE(ABORT, 'what was done about guidance is never deleted'); END;
CREATE TRIGGER guidance_act_is_not_edited BEFORE UPDATE ON guidance_act
BEGIN SELECT RAISE(ABORT, 'what was done about guidance is never edited'); END;

-- Decisions against the grouping of the packs: derived from timelines, one for each episode whose last decision is such.
CREATE TABLE departure (
  episode        BLOB PRIMARY KEY,
  person         BLOB NOT NULL,
  site           TEXT NOT NULL,
  decided_on     TEXT NOT NULL,
  medicine       TEXT NOT NULL,
  stood          TEXT NOT NULL,
  because        TEXT NOT NULL
) STRICT, WITHOUT ROWID;
