-- +goose Up
-- Pictures of entries, in pieces, each sealed by the data key of the person.
CREATE TABLE attachment (
  entry  uuid NOT NULL,
  digest text COLLATE "C" NOT NULL,
  start  integer NOT NULL,
  bytes  integer NOT NULL,
  key    text COLLATE "C" NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (entry, digest, start)
);
CREATE INDEX attachment_key ON attachment (key);
