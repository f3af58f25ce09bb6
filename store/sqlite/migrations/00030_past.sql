-- +goose Up
-- Since when each contribution is part of its figure, and those that no longer
-- are, so that a figure of the past opens to what made it. Hours have a past, too.
ALTER TABLE contribution ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
CREATE TABLE contribution_past (
  root      BLOB NOT NULL,
  campaign  TEXT NOT NULL,
  indicator TEXT NOT NULL,
  dim       TEXT NOT NULL,
  office    TEXT NOT NULL,
  commune   TEXT NOT NULL,
  day       TEXT NOT NULL,
  n_all     INTEGER NOT NULL,
  n_closed  INTEGER NOT NULL,
  since     INTEGER NOT NULL,
  until     INTEGER NOT NULL,
  PRIMARY KEY (root, campaign, indicator, dim, office, commune, day, since)
) WITHOUT ROWID;
CREATE INDEX contribution_past_figure ON contribution_past (campaign, indicator, dim, day, office, commune);
ALTER TABLE figure_change ADD COLUMN dim TEXT NOT NULL DEFAULT '';
-- Of moments before, nobody knows what was counted in which hour, nor of whom.
INSERT INTO meta (key, value)
  SELECT 'setting.past', strftime('%Y-%m-%dT%H:%M:%SZ', 'now') WHERE EXISTS (SELECT 1 FROM contribution);
