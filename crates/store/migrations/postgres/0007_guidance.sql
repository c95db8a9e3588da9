-- What was done about the guidance packs, in order: approved, approval withdrawn, who is responsible for calculators and
-- options in live use. Nothing here is ever changed.
CREATE TABLE guidance_act (
  id             bigint PRIMARY KEY,
  what           text NOT NULL,
  -- Empty where it is about all packs.
  pack           text NOT NULL,
  version        text NOT NULL,
  digest         text NOT NULL,
  -- The clinician, or whoever is responsible; by whom it was entered stands beside.
  name           text NOT NULL,
  registration   text NOT NULL,
  on_day         date NOT NULL,
  note           text NOT NULL,
  staff          uuid,
  who            text NOT NULL,
  role           text NOT NULL,
  at             timestamptz NOT NULL
);
CREATE FUNCTION guidance_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was done about guidance is never edited or deleted';
END $$;
CREATE TRIGGER guidance_act_is_kept BEFORE UPDATE OR DELETE ON guidance_act
  FOR EACH ROW EXECUTE FUNCTION guidance_is_kept();

-- Decisions against the grouping of the packs: derived from timelines, one for each episode whose last decision is such.
CREATE TABLE departure (
  episode        uuid PRIMARY KEY,
  person         uuid NOT NULL,
  site           text NOT NULL,
  decided_on     date NOT NULL,
  medicine       text NOT NULL,
  stood          text NOT NULL,
  because        text NOT NULL
);
