-- +goose Up
CREATE TABLE password (
  user_id text COLLATE "C" PRIMARY KEY REFERENCES "user" (id),
  phc     text COLLATE "C" NOT NULL
);

-- Counters of failed sign-ins, and browsers that have signed in before.
CREATE TABLE failures (
  key  text COLLATE "C" PRIMARY KEY,
  n    bigint NOT NULL,
  last timestamptz NOT NULL
);
CREATE TABLE known_browser (
  hash    bytea PRIMARY KEY,
  user_id text COLLATE "C" NOT NULL REFERENCES "user" (id),
  at      timestamptz NOT NULL
);
