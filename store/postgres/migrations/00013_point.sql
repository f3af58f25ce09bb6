-- +goose Up
-- Where villages lie, and households of theirs (an empty one is the village itself), in degrees.
CREATE TABLE point (
  commune   text COLLATE "C" NOT NULL,
  village   text COLLATE "C" NOT NULL,
  household text COLLATE "C" NOT NULL,
  lat       double precision NOT NULL,
  lon       double precision NOT NULL,
  PRIMARY KEY (commune, village, household)
);
