-- +goose Up
CREATE TABLE passkey (
  id         bytea PRIMARY KEY,
  user_id    text COLLATE "C" NOT NULL REFERENCES "user" (id),
  name       text COLLATE "C" NOT NULL,
  credential text COLLATE "C" NOT NULL,
  made       timestamptz NOT NULL,
  used       timestamptz
);
CREATE INDEX passkey_user ON passkey (user_id, made);
