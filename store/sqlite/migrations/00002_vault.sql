-- +goose Up
-- What is personal is sealed from here on; see store.ErrOlder for databases
-- that hold entries from before.
DROP TABLE entry;
CREATE TABLE entry (
  position    INTEGER PRIMARY KEY,
  id          BLOB NOT NULL UNIQUE,
  kind        TEXT NOT NULL,
  campaign    TEXT NOT NULL,
  office      TEXT NOT NULL,
  author      TEXT NOT NULL,
  supersedes  BLOB,
  rest        BLOB NOT NULL,
  digest      BLOB,
  erased      INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  offset_ms   INTEGER NOT NULL,
  received_by TEXT NOT NULL,
  root        BLOB,
  session     BLOB,
  refs        BLOB,
  arrived     INTEGER NOT NULL,
  waiting     BLOB,
  text        BLOB NOT NULL,
  sealed      BLOB,
  key         TEXT NOT NULL,
  subject     BLOB
);
CREATE INDEX entry_root ON entry (root);
CREATE INDEX entry_key ON entry (key) WHERE key <> '';
CREATE INDEX entry_arrived ON entry (arrived);
CREATE INDEX entry_waiting ON entry (waiting) WHERE waiting IS NOT NULL;
CREATE INDEX entry_of_activity ON entry (campaign)
  WHERE kind IN ('activity_planned', 'activity_moved', 'activity_cancelled', 'activity_held');

DROP TABLE incident;
CREATE TABLE incident (
  id          BLOB NOT NULL,
  received_at INTEGER NOT NULL,
  received_by TEXT NOT NULL,
  key         TEXT NOT NULL,
  sealed      BLOB NOT NULL
);
CREATE INDEX incident_id ON incident (id);

-- Data keys, wrapped by the master key, and the blind indexes that lead to them.
CREATE TABLE person_key (
  key     TEXT PRIMARY KEY,
  wrapped BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE person_index (
  blind TEXT PRIMARY KEY,
  key   TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX person_index_key ON person_index (key);
