-- Timelines: the record. Everything else about a person is derived from here.
CREATE TABLE stream (
  person     uuid PRIMARY KEY,
  version    bigint NOT NULL,
  head       bytea NOT NULL
);

CREATE TABLE fact (
  person     uuid NOT NULL,
  seq        bigint NOT NULL,
  at         timestamptz NOT NULL,
  body       jsonb,
  body_hash  bytea NOT NULL,
  chain      bytea NOT NULL,
  PRIMARY KEY (person, seq)
);


CREATE FUNCTION fact_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.body IS NULL AND (NEW.person, NEW.seq, NEW.at, NEW.body_hash, NEW.chain)
      IS NOT DISTINCT FROM (OLD.person, OLD.seq, OLD.at, OLD.body_hash, OLD.chain) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'facts are never edited or deleted';
END $$;
CREATE TRIGGER fact_is_append_only BEFORE UPDATE OR DELETE ON fact
  FOR EACH ROW EXECUTE FUNCTION fact_is_append_only();

-- Indexes derived from timelines; `herald rebuild` makes them again.
CREATE TABLE person (
  id         uuid PRIMARY KEY,
  nhs_number text UNIQUE,
  family     text NOT NULL,
  given      text NOT NULL,
  title      text,
  family_key text NOT NULL,
  given_key  text NOT NULL,
  born       date,
  sex        text NOT NULL,
  postcode   text,
  died       boolean NOT NULL,
  died_on    date
);
CREATE INDEX person_by_name ON person (family_key, given_key);
CREATE INDEX person_by_birth ON person (born, family_key);

CREATE TABLE local_id (
  system     text NOT NULL,
  value      text NOT NULL,
  person     uuid NOT NULL,
  PRIMARY KEY (system, value, person)
);
CREATE INDEX local_id_by_person ON local_id (person);

CREATE TABLE person_site (
  person     uuid NOT NULL,
  site       text NOT NULL,
  PRIMARY KEY (person, site)
);

-- Which sightings stand on whose timeline, so that a source can take one back without naming the person.
CREATE TABLE sighting_key (
  key        text NOT NULL,
  person     uuid NOT NULL,
  PRIMARY KEY (key, person)
);
CREATE INDEX sighting_key_by_person ON sighting_key (person);

CREATE TABLE episode (
  id             uuid PRIMARY KEY,
  person         uuid NOT NULL,
  site           text NOT NULL,
  list           text NOT NULL,
  due            date,
  fracture       text NOT NULL,
  fracture_words text NOT NULL,
  fracture_date  date,
  sort_date      date NOT NULL,
  raised_at      timestamptz NOT NULL,
  why            text NOT NULL,
  look           boolean NOT NULL,
  refracture     boolean NOT NULL,
  sightings      bigint NOT NULL,
  closed_because text
);
CREATE INDEX episode_by_person ON episode (person);
CREATE INDEX episode_worklist ON episode (list, site, due, sort_date, fracture, id);

-- Inbox: what was received, as it came, and what became of it.
CREATE TABLE import (
  id             uuid PRIMARY KEY,
  file_name      text NOT NULL,
  sha256         bytea NOT NULL UNIQUE,
  bytes          bigint NOT NULL,
  format         text NOT NULL,
  by_whom        text NOT NULL,
  state          text NOT NULL,
  expected       bigint NOT NULL,
  staged         bigint NOT NULL,
  had            bigint NOT NULL,
  notes          bigint NOT NULL,
  started_at     timestamptz NOT NULL,
  finished_at    timestamptz,
  problem        text,
  advice         text
);
CREATE INDEX import_by_start ON import (started_at);

CREATE TABLE inbox (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  item           uuid NOT NULL UNIQUE,
  import         uuid NOT NULL,
  line           bigint NOT NULL,
  format         text NOT NULL,
  raw            bytea NOT NULL,
  control        text,
  control_reused boolean NOT NULL DEFAULT false,
  state          text NOT NULL,
  reason         text,
  site           text,
  person         uuid,
  received_at    timestamptz NOT NULL,
  processed_at   timestamptz
);
CREATE INDEX inbox_waiting ON inbox (id) WHERE state = 'received';
CREATE INDEX inbox_by_import ON inbox (import, state, reason);
CREATE INDEX inbox_by_control ON inbox (control) WHERE control IS NOT NULL;
CREATE INDEX inbox_by_person ON inbox (person) WHERE person IS NOT NULL;

CREATE TABLE import_fault (
  import         uuid NOT NULL,
  line           bigint NOT NULL,
  nth            bigint NOT NULL,
  col            text,
  header         text,
  value          text,
  problem        text NOT NULL,
  advice         text NOT NULL,
  severity       text NOT NULL,
  PRIMARY KEY (import, line, nth)
);

-- Held items: who is it? A person decides.
CREATE TABLE question (
  item           uuid PRIMARY KEY,
  site           text NOT NULL,
  kind           text NOT NULL,
  key            text NOT NULL,
  family         text NOT NULL,
  given          text NOT NULL,
  nhs_number     text,
  born           date,
  fracture       text NOT NULL,
  fracture_words text NOT NULL,
  fracture_date  date,
  sort_date      date NOT NULL,
  why            text NOT NULL,
  raised_at      timestamptz NOT NULL,
  answered_at    timestamptz,
  answered_by    text,
  person         uuid
);
CREATE INDEX question_by_key ON question (key) WHERE answered_at IS NULL;
CREATE INDEX question_open ON question (site, sort_date, item) WHERE answered_at IS NULL;

-- What the reader said no to, and what clinicians found on looking again.
CREATE TABLE said_no (
  item           uuid PRIMARY KEY,
  site           text NOT NULL,
  kind           text NOT NULL,
  why            text NOT NULL,
  seen_on        date,
  drawn          bytea NOT NULL,
  at             timestamptz NOT NULL
);
CREATE INDEX said_no_by_reason ON said_no (why, kind, site);
CREATE INDEX said_no_by_draw ON said_no (why, drawn);

CREATE TABLE said_no_review (
  item           uuid NOT NULL,
  by_user        uuid NOT NULL,
  verdict        text NOT NULL,
  note           text,
  at             timestamptz NOT NULL,
  PRIMARY KEY (item, by_user)
);
