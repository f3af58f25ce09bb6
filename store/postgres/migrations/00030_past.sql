-- +goose Up
-- Since when each contribution is part of its figure, and those that no longer
-- are, so that a figure of the past opens to what made it. Hours have a past, too.
ALTER TABLE contribution ADD COLUMN since timestamptz NOT NULL DEFAULT 'epoch';
CREATE TABLE contribution_past (
  root      uuid NOT NULL,
  campaign  text COLLATE "C" NOT NULL,
  indicator text COLLATE "C" NOT NULL,
  dim       text COLLATE "C" NOT NULL,
  office    text COLLATE "C" NOT NULL,
  commune   text COLLATE "C" NOT NULL,
  day       text COLLATE "C" NOT NULL,
  n_all     bigint NOT NULL,
  n_closed  bigint NOT NULL,
  since     timestamptz NOT NULL,
  until     timestamptz NOT NULL,
  PRIMARY KEY (root, campaign, indicator, dim, office, commune, day, since)
);
CREATE INDEX contribution_past_figure ON contribution_past (campaign, indicator, dim, day, office, commune);
ALTER TABLE figure_change ADD COLUMN dim text COLLATE "C" NOT NULL DEFAULT '';
-- Of moments before, nobody knows what was counted in which hour, nor of whom.
INSERT INTO meta (key, value)
  SELECT 'setting.past', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') WHERE EXISTS (SELECT FROM contribution);
