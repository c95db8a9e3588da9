-- What the service takes: each set of rules as it was proposed, and all that was done about it, in order. Where a set
-- stands follows from what was done; nothing here is ever changed.
CREATE TABLE rule_set (
  number         bigint PRIMARY KEY,
  body           jsonb NOT NULL,
  digest         text NOT NULL,
  note           text NOT NULL,
  staff          uuid,
  who            text NOT NULL,
  at             timestamptz NOT NULL,
  -- Ids of the messages that before and after are counted on.
  frozen         bytea NOT NULL
);

CREATE TABLE rule_act (
  id             bigint PRIMARY KEY,
  number         bigint NOT NULL REFERENCES rule_set (number),
  what           text NOT NULL,
  staff          uuid,
  who            text NOT NULL,
  role           text NOT NULL,
  at             timestamptz NOT NULL,
  detail         jsonb NOT NULL
);
CREATE INDEX rule_act_by_set ON rule_act (number, id);
CREATE INDEX rule_act_live ON rule_act (id) WHERE what = 'live';

CREATE FUNCTION rules_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rule sets, and what was done about them, are never edited or deleted';
END $$;
CREATE TRIGGER rule_set_is_kept BEFORE UPDATE OR DELETE ON rule_set
  FOR EACH ROW EXECUTE FUNCTION rules_are_kept();
CREATE TRIGGER rule_act_is_kept BEFORE UPDATE OR DELETE ON rule_act
  FOR EACH ROW EXECUTE FUNCTION rules_are_kept();
