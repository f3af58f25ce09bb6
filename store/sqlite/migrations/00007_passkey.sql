-- +goose Up
CREATE TABLE passkey (
  id         BLOB PRIMARY KEY,
  user_id    TEXT NOT NULL REFERENCES user (id),
  name       TEXT NOT NULL,
  credential TEXT NOT NULL,
  made       INTEGER NOT NULL,
  used       INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX passkey_user ON passkey (user_id, made);
