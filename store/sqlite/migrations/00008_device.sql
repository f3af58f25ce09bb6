-- +goose Up
ALTER TABLE user ADD COLUMN communes TEXT NOT NULL DEFAULT '';
ALTER TABLE link ADD COLUMN phone INTEGER NOT NULL DEFAULT 0;

-- What users were, and from when on.
CREATE TABLE standing (
  user_id  TEXT NOT NULL REFERENCES user (id),
  since    INTEGER NOT NULL,
  name     TEXT NOT NULL,
  role     TEXT NOT NULL,
  office   TEXT NOT NULL,
  communes TEXT NOT NULL,
  disabled INTEGER NOT NULL,
  PRIMARY KEY (user_id, since)
) WITHOUT ROWID;

CREATE TABLE device (
  user_id TEXT NOT NULL REFERENCES user (id),
  id      TEXT NOT NULL,
  name    TEXT NOT NULL,
  made    INTEGER NOT NULL,
  state   TEXT NOT NULL,
  since   INTEGER NOT NULL,
  by      TEXT NOT NULL,
  unsent  INTEGER NOT NULL,
  PRIMARY KEY (user_id, id)
) WITHOUT ROWID;
INSERT INTO device SELECT user, device, '', min(made), 'in_use', min(made), user, 0 FROM session WHERE device <> '' GROUP BY user, device;

CREATE TABLE quarantine (
  entry       BLOB NOT NULL,
  hash        BLOB NOT NULL,
  user_id     TEXT NOT NULL,
  device      TEXT NOT NULL,
  office      TEXT NOT NULL,
  campaign    TEXT NOT NULL,
  kind        TEXT NOT NULL,
  day         TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  offset_ms   INTEGER NOT NULL,
  received_by TEXT NOT NULL,
  reason      TEXT NOT NULL,
  state       TEXT NOT NULL,
  decided     INTEGER NOT NULL,
  by          TEXT NOT NULL,
  key         TEXT NOT NULL,
  sealed      BLOB NOT NULL,
  PRIMARY KEY (entry, hash)
) WITHOUT ROWID;
CREATE INDEX quarantine_waiting ON quarantine (user_id, device, received_at) WHERE state = 'waiting';
