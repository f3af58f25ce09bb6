-- +goose Up
-- What the changes of a day did to the figures together, so that a moment of
-- long ago is not added up from each of them. on_day counts from 1970, in UTC.
CREATE TABLE daily_change (
  on_day    INTEGER NOT NULL,
  campaign  TEXT NOT NULL,
  indicator TEXT NOT NULL,
  dim       TEXT NOT NULL,
  office    TEXT NOT NULL,
  commune   TEXT NOT NULL,
  day       TEXT NOT NULL,
  n_all     INTEGER NOT NULL,
  n_closed  INTEGER NOT NULL,
  PRIMARY KEY (campaign, dim, on_day, indicator, office, commune, day)
) WITHOUT ROWID;
INSERT INTO daily_change (on_day, campaign, indicator, dim, office, commune, day, n_all, n_closed)
  SELECT at / 86400000000, campaign, indicator, dim, office, commune, day, sum(n_all), sum(n_closed)
  FROM figure_change JOIN change USING (change)
  GROUP BY 1, 2, 3, 4, 5, 6, 7;
