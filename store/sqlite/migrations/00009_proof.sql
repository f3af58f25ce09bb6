-- +goose Up
CREATE TABLE person_proof (
  person     BLOB PRIMARY KEY,
  phone_how  TEXT NOT NULL,
  phone_of   TEXT NOT NULL,
  phone_at   INTEGER NOT NULL,
  phone_by   TEXT NOT NULL,
  sealed     BLOB NOT NULL,
  result     TEXT NOT NULL,
  check_of   TEXT NOT NULL,
  differs    TEXT NOT NULL,
  check_at   INTEGER NOT NULL,
  check_by   TEXT NOT NULL,
  code_mac   TEXT NOT NULL,
  code_of    TEXT NOT NULL,
  code_until INTEGER NOT NULL,
  code_tries INTEGER NOT NULL,
  codes_on   TEXT NOT NULL,
  codes      INTEGER NOT NULL
) WITHOUT ROWID;
