-- +goose Up
-- What the changes of a day did to the figures together, so that a moment of
-- long ago is not added up from each of them. on_day counts from 1970, in UTC.
CREATE TABLE daily_change (
  on_day    integer NOT NULL,
  campaign  text COLLATE "C" NOT NULL,
  indicator text COLLATE "C" NOT NULL,
  dim       text COLLATE "C" NOT NULL,
  office    text COLLATE "C" NOT NULL,
  commune   text COLLATE "C" NOT NULL,
  day       text COLLATE "C" NOT NULL,
  n_all     bigint NOT NULL,
  n_closed  bigint NOT NULL,
  PRIMARY KEY (campaign, dim, on_day, indicator, office, commune, day)
);
INSERT INTO daily_change (on_day, campaign, indicator, dim, office, commune, day, n_all, n_closed)
  SELECT floor(extract(epoch FROM at) / 86400)::integer, campaign, indicator, dim, office, commune, day, sum(n_all), sum(n_closed)
  FROM figure_change JOIN change USING (change)
  GROUP BY 1, 2, 3, 4, 5, 6, 7;
