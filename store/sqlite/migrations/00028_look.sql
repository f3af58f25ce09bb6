-- +goose Up
-- What somebody looked at and left as it is, so that it does not wait again.
CREATE TABLE look (
  root     BLOB NOT NULL,
  reason   TEXT NOT NULL,
  other    BLOB NOT NULL,
  campaign TEXT NOT NULL,
  by       TEXT NOT NULL,
  at       INTEGER NOT NULL,
  PRIMARY KEY (root, reason, other)
) WITHOUT ROWID;
CREATE INDEX look_campaign ON look (campaign);
