-- +goose Up
CREATE TABLE person (
  id           BLOB PRIMARY KEY,
  office       TEXT NOT NULL,
  commune      TEXT NOT NULL,
  village      TEXT NOT NULL,
  household    TEXT NOT NULL,
  birth_year   INTEGER NOT NULL,
  sex          TEXT NOT NULL,
  student      INTEGER NOT NULL,
  no_school    INTEGER NOT NULL,
  si_months    INTEGER NOT NULL,
  cash         INTEGER NOT NULL,
  restricted   INTEGER NOT NULL,
  covers       TEXT NOT NULL,
  added        INTEGER NOT NULL,
  changed      INTEGER NOT NULL,
  key          TEXT NOT NULL,
  sealed       BLOB NOT NULL,
  -- What entries tell; derived.
  lead         BLOB,
  paid         TEXT NOT NULL,
  hi_until     TEXT NOT NULL,
  si_until     TEXT NOT NULL,
  in_cash      INTEGER NOT NULL,
  visited      INTEGER NOT NULL,
  outcome      TEXT NOT NULL,
  visit_by     TEXT NOT NULL,
  follow_up    TEXT NOT NULL,
  attempts     INTEGER NOT NULL,
  -- What assignments and consents tell; derived.
  assigned     TEXT NOT NULL,
  callable     INTEGER NOT NULL
) WITHOUT ROWID;
-- Worklists are read from here, and counted without touching the table.
CREATE INDEX person_work ON person (office, commune, village, household, id,
  hi_until, si_months, in_cash, student, follow_up, assigned, callable, restricted, visited) WHERE lead IS NULL;
CREATE INDEX person_home ON person (commune, household);
CREATE INDEX person_key_of ON person (key);
CREATE INDEX person_lead ON person (lead) WHERE lead IS NOT NULL;

CREATE TABLE person_blind (
  blind  TEXT NOT NULL,
  person BLOB NOT NULL,
  PRIMARY KEY (blind, person)
) WITHOUT ROWID;
CREATE INDEX person_blind_of ON person_blind (person);

CREATE TABLE assignment (
  office    TEXT NOT NULL,
  commune   TEXT NOT NULL,
  village   TEXT NOT NULL,
  household TEXT NOT NULL,
  user      TEXT NOT NULL,
  by        TEXT NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (commune, village, household)
) WITHOUT ROWID;

CREATE TABLE pair (
  id        BLOB PRIMARY KEY,
  a         BLOB NOT NULL,
  b         BLOB NOT NULL,
  office_a  TEXT NOT NULL,
  office_b  TEXT NOT NULL,
  commune_a TEXT NOT NULL,
  commune_b TEXT NOT NULL,
  score     INTEGER NOT NULL,
  reasons   TEXT NOT NULL,
  state     TEXT NOT NULL,
  entries   TEXT NOT NULL,
  UNIQUE (a, b)
) WITHOUT ROWID;
CREATE INDEX pair_b ON pair (b);
CREATE INDEX pair_state ON pair (state, score);

CREATE TABLE consent (
  id           BLOB PRIMARY KEY,
  person       BLOB NOT NULL,
  purpose      TEXT NOT NULL,
  text_version TEXT NOT NULL,
  channel      TEXT NOT NULL,
  by           TEXT NOT NULL,
  given        INTEGER NOT NULL,
  withdrawn    INTEGER NOT NULL,
  withdrawn_by TEXT NOT NULL,
  key          TEXT NOT NULL,
  sealed       BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX consent_person ON consent (person);

CREATE TABLE subject_request (
  id         BLOB PRIMARY KEY,
  person     BLOB NOT NULL,
  office     TEXT NOT NULL,
  kind       TEXT NOT NULL,
  by         TEXT NOT NULL,
  received   INTEGER NOT NULL,
  answer_due TEXT NOT NULL,
  finish_due TEXT NOT NULL,
  state      TEXT NOT NULL,
  steps      TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX subject_request_office ON subject_request (office, received);
