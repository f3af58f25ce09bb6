-- +goose Up
-- Where villages lie, and households of theirs (an empty one is the village itself), in degrees.
CREATE TABLE point (
  commune   TEXT NOT NULL,
  village   TEXT NOT NULL,
  household TEXT NOT NULL,
  lat       REAL NOT NULL,
  lon       REAL NOT NULL,
  PRIMARY KEY (commune, village, household)
) STRICT, WITHOUT ROWID;
