-- After a fracture is accepted. `todo` and `audit` are derived from timelines like the other indexes; `herald rebuild`
-- makes them again.
ALTER TABLE episode ADD COLUMN last_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE episode ADD COLUMN by_whom text;
CREATE INDEX episode_stalled ON episode (list, last_at, due, site);

-- Everything that waits to be done, each on its own list.
CREATE TABLE todo (
  episode        uuid NOT NULL,
  task           text NOT NULL,
  person         uuid NOT NULL,
  site           text NOT NULL,
  list           text NOT NULL,
  opens          date NOT NULL,
  due            date NOT NULL,
  by_whom        text,
  fracture       text NOT NULL,
  why            text NOT NULL,
  PRIMARY KEY (episode, task)
);
CREATE INDEX todo_list ON todo (list, site, opens, due, fracture, episode);

-- One row for each accepted fracture, as the FLS-DB patient audit sees it.
CREATE TABLE audit (
  episode        uuid PRIMARY KEY,
  person         uuid NOT NULL,
  site           text NOT NULL,
  record         bytea NOT NULL
);

-- Letters as they were approved. Never changed.
CREATE TABLE document (
  letter         uuid PRIMARY KEY,
  person         uuid NOT NULL,
  episode        uuid NOT NULL,
  at             timestamptz NOT NULL,
  digest         text NOT NULL,
  data           jsonb NOT NULL,
  html           text NOT NULL,
  words          text NOT NULL,
  pdf            bytea NOT NULL
);

-- Links to the patient's questionnaire. Only the digest of the link's secret is kept.
CREATE TABLE questionnaire (
  link           bytea PRIMARY KEY,
  person         uuid NOT NULL,
  episode        uuid NOT NULL,
  until          date NOT NULL,
  state          text NOT NULL,
  failures       bigint NOT NULL DEFAULT 0,
  opened         bytea,
  answers        jsonb NOT NULL,
  at             timestamptz NOT NULL
);
CREATE INDEX questionnaire_by_episode ON questionnaire (episode);

CREATE FUNCTION document_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'approved letters are never edited or deleted';
END $$;
CREATE TRIGGER document_is_kept BEFORE UPDATE OR DELETE ON document
  FOR EACH ROW EXECUTE FUNCTION document_is_kept();
