-- Codes and text together. Sources of one fracture disagree, and a person has to look.
ALTER TABLE episode ADD COLUMN disagree boolean NOT NULL DEFAULT false;
CREATE INDEX episode_disagree ON episode (list, site, due, sort_date) WHERE disagree;

-- The newest word of each source that lists nobody but speaks against a fracture, by the NHS number it came with: the
-- code that it contradicts may come later. Like `said_no` it says what the reader made of an item; timelines hold what
-- came to matter.
CREATE TABLE denial (
  key            text PRIMARY KEY,
  nhs_number     text NOT NULL,
  seen_on        date,
  item           uuid NOT NULL
);
CREATE INDEX denial_by_person ON denial (nhs_number, seen_on);
