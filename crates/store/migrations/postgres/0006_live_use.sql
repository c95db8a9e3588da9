-- How the feeds and the reader do in live use: what was listed, what came by week and by day, and report layouts.

-- What the reader listed, by source, beside what it said no to.
CREATE TABLE listed (
  item           uuid PRIMARY KEY,
  site           text NOT NULL,
  kind           text NOT NULL,
  seen_on        date NOT NULL
);
CREATE INDEX listed_by_source ON listed (site, kind, seen_on);

-- Items by the week (Monday) in which they happened. `list` and `why` are empty where there was nothing to read.
CREATE TABLE feed_week (
  site           text NOT NULL,
  kind           text NOT NULL,
  week           date NOT NULL,
  list           text NOT NULL,
  why            text NOT NULL,
  items          bigint NOT NULL,
  PRIMARY KEY (site, kind, week, list, why)
);
CREATE INDEX feed_week_by_week ON feed_week (week);

-- The days on which something came.
CREATE TABLE feed_day (
  site           text NOT NULL,
  kind           text NOT NULL,
  day            date NOT NULL,
  items          bigint NOT NULL,
  PRIMARY KEY (site, kind, day)
);
CREATE INDEX feed_day_by_day ON feed_day (day);

-- Who has seen a warning about a source, and what they did.
CREATE TABLE feed_seen (
  site           text NOT NULL,
  kind           text NOT NULL,
  what           text NOT NULL,
  since          date NOT NULL,
  note           text NOT NULL,
  by_whom        text NOT NULL,
  at             timestamptz NOT NULL,
  PRIMARY KEY (site, kind, what, since)
);

-- Report layouts with a heading that the reader does not know, by the hospital that sends them.
CREATE TABLE layout (
  id             uuid PRIMARY KEY,
  site           text NOT NULL,
  skeleton       text NOT NULL,
  heading        text NOT NULL,
  state          text NOT NULL,
  first_seen     timestamptz NOT NULL,
  by_whom        text,
  note           text,
  at             timestamptz,
  UNIQUE (site, skeleton)
);

-- Each report in such a layout that the reader would have said no to: looked at by a nurse, waiting, or settled.
CREATE TABLE layout_item (
  item           uuid PRIMARY KEY,
  layout         uuid NOT NULL,
  site           text NOT NULL,
  key            text NOT NULL,
  state          text NOT NULL,
  at             timestamptz NOT NULL
);
CREATE INDEX layout_item_by_layout ON layout_item (layout, state);
CREATE INDEX layout_item_waiting ON layout_item (key) WHERE state = 'waiting';
CREATE INDEX layout_item_by_site ON layout_item (site, state);
