-- How the feeds and the reader do in live use: what was listed, what came by week and by day, and report layouts.

-- What the reader listed, by source, beside what it said no to.
CREATE TABLE listed (
  item           BLOB PRIMARY KEY,
  site           TEXT NOT NULL,
  kind           TEXT NOT NULL,
  seen_on        TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX listed_by_source ON listed (site, kind, seen_on);

-- Items by the week (Monday) in which they happened. `list` and `why` are empty where there was nothing to read.
CREATE TABLE feed_week (
  site           TEXT NOT NULL,
  kind           TEXT NOT NULL,
  week           TEXT NOT NULL,
  list           TEXT NOT NULL,
  why            TEXT NOT NULL,
  items          INTEGER NOT NULL,
  PRIMARY KEY (site, kind, week, list, why)
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_week_by_week ON feed_week (week);

-- The days on which something came.
CREATE TABLE feed_day (
  site           TEXT NOT NULL,
  kind           TEXT NOT NULL,
  day            TEXT NOT NULL,
  items          INTEGER NOT NULL,
  PRIMARY KEY (site, kind, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_day_by_day ON feed_day (day);

-- Who has seen a warning about a source, and what they did.
CREATE TABLE feed_seen (
  site           TEXT NOT NULL,
  kind           TEXT NOT NULL,
  what           TEXT NOT NULL,
  since          TEXT NOT NULL,
  note           TEXT NOT NULL,
  by_whom        TEXT NOT NULL,
  at             INTEGER NOT NULL,
  PRIMARY KEY (site, kind, what, since)
) STRICT, WITHOUT ROWID;

-- Report layouts with a heading that the reader does not know, by the hospital that sends them.
CREATE TABLE layout (
  id             BLOB PRIMARY KEY,
  site           TEXT NOT NULL,
  skeleton       TEXT NOT NULL,
  heading        TEXT NOT NULL,
  state          TEXT NOT NULL,
  first_seen     INTEGER NOT NULL,
  by_whom        TEXT,
  note           TEXT,
  at             INTEGER,
  UNIQUE (site, skeleton)
) STRICT, WITHOUT ROWID;

-- Each report in such a layout that the reader would have said no to: looked at by a nurse, waiting, or settled.
CREATE TABLE layout_item (
  item           BLOB PRIMARY KEY,
  layout         BLOB NOT NULL,
  site           TEXT NOT NULL,
  key            TEXT NOT NULL,
  state          TEXT NOT NULL,
  at             INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX layout_item_by_layout ON layout_item (layout, state);
CREATE INDEX layout_item_waiting ON layout_item (key) WHERE state = 'waiting';
CREATE INDEX layout_item_by_site ON layout_item (site, state);
