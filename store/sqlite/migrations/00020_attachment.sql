-- +goose Up
-- Pictures of entries, in pieces, each sealed by the data key of the person.
CREATE TABLE attachment (
  entry  BLOB NOT NULL,
  digest TEXT NOT NULL,
  start  INTEGER NOT NULL,
  bytes  INTEGER NOT NULL,
  key    TEXT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (entry, digest, start)
);
CREATE INDEX attachment_key ON attachment (key);
