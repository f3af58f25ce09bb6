-- +goose Up
-- What somebody looked at and left as it is, so that it does not wait again.
CREATE TABLE look (
  root     uuid NOT NULL,
  reason   text COLLATE "C" NOT NULL,
  other    uuid NOT NULL,
  campaign text COLLATE "C" NOT NULL,
  by       text COLLATE "C" NOT NULL,
  at       timestamptz NOT NULL,
  PRIMARY KEY (root, reason, other)
);
CREATE INDEX look_campaign ON look (campaign);
