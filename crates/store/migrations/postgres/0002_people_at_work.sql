-- Staff, sessions, and who looked at whom.
CREATE TABLE site (
  code           text PRIMARY KEY,
  name           text NOT NULL
);

CREATE TABLE setting (
  name           text PRIMARY KEY,
  value          text NOT NULL
);

CREATE TABLE staff (
  id             uuid PRIMARY KEY,
  username       text NOT NULL UNIQUE,
  name           text NOT NULL,
  role           text NOT NULL,
  all_sites      boolean NOT NULL,
  password_hash  text NOT NULL,
  totp_secret    bytea NOT NULL,
  totp_last_step bigint NOT NULL DEFAULT 0,
  failures       bigint NOT NULL DEFAULT 0,
  locked_until   timestamptz,
  disabled       boolean NOT NULL DEFAULT false,
  shortcuts      boolean NOT NULL DEFAULT false,
  created_at     timestamptz NOT NULL
);

CREATE TABLE staff_site (
  staff          uuid NOT NULL,
  site           text NOT NULL,
  PRIMARY KEY (staff, site)
);

-- Only the digest of a session's token is kept.
CREATE TABLE session (
  token          bytea PRIMARY KEY,
  staff          uuid NOT NULL,
  csrf           text NOT NULL,
  signed_in_at   timestamptz NOT NULL,
  seen_at        timestamptz NOT NULL,
  half_way       boolean NOT NULL
);
CREATE INDEX session_by_staff ON session (staff);

-- What somebody had typed when the session ended.
CREATE TABLE draft (
  id             uuid PRIMARY KEY,
  staff          uuid NOT NULL,
  path           text NOT NULL,
  form           jsonb NOT NULL,
  at             timestamptz NOT NULL
);

CREATE TABLE access_log (
  id             bigint PRIMARY KEY,
  at             timestamptz NOT NULL,
  staff          uuid,
  who            text NOT NULL,
  role           text NOT NULL,
  action         text NOT NULL,
  detail         jsonb NOT NULL,
  chain          bytea NOT NULL
);
CREATE INDEX access_log_by_staff ON access_log (staff, id);

CREATE TABLE access_person (
  person         uuid NOT NULL,
  access         bigint NOT NULL,
  PRIMARY KEY (person, access)
);

CREATE FUNCTION access_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the access log is never edited or deleted from';
END $$;
CREATE TRIGGER access_log_is_append_only BEFORE UPDATE OR DELETE ON access_log
  FOR EACH ROW EXECUTE FUNCTION access_is_append_only();
CREATE TRIGGER access_person_is_append_only BEFORE UPDATE OR DELETE ON access_person
  FOR EACH ROW EXECUTE FUNCTION access_is_append_only();
