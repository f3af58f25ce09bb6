-- +goose Up
-- What offices ask and answer at their figures. Texts are sealed.
CREATE TABLE talk (
  id          BLOB PRIMARY KEY,
  campaign    TEXT NOT NULL,
  office      TEXT NOT NULL,
  commune     TEXT NOT NULL,
  place       TEXT NOT NULL,
  n           INTEGER NOT NULL,
  last        INTEGER NOT NULL,
  last_by     TEXT NOT NULL,
  last_office TEXT NOT NULL,
  last_at     INTEGER NOT NULL,
  settled_by  TEXT NOT NULL,
  settled_at  INTEGER NOT NULL,
  changes     INTEGER NOT NULL,
  UNIQUE (campaign, place)
) WITHOUT ROWID;
-- Live streams ask it at every commit.
CREATE INDEX talk_changes ON talk (campaign, office, changes);

CREATE TABLE talk_message (
  thread     BLOB NOT NULL,
  id         BLOB NOT NULL,
  n          INTEGER NOT NULL,
  by         TEXT NOT NULL,
  office     TEXT NOT NULL,
  at         INTEGER NOT NULL,
  value      INTEGER,
  taken_back INTEGER NOT NULL,
  key        TEXT NOT NULL,
  sealed     BLOB NOT NULL,
  PRIMARY KEY (thread, id),
  UNIQUE (thread, n)
) WITHOUT ROWID;

CREATE TABLE talk_read (
  user   TEXT NOT NULL,
  thread BLOB NOT NULL,
  n      INTEGER NOT NULL,
  PRIMARY KEY (user, thread)
) WITHOUT ROWID;
