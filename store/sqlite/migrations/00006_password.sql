-- +goose Up
CREATE TABLE password (
  user_id TEXT PRIMARY KEY REFERENCES user (id),
  phc     TEXT NOT NULL
) WITHOUT ROWID;

-- Counters of failed sign-ins, and browsers that have signed in before.
CREATE TABLE failures (
  key  TEXT PRIMARY KEY,
  n    INTEGER NOT NULL,
  last INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE known_browser (
  hash    BLOB PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES user (id),
  at      INTEGER NOT NULL
) WITHOUT ROWID;
