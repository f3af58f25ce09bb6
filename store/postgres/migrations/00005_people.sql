-- +goose Up
CREATE TABLE person (
  id           uuid PRIMARY KEY,
  office       text COLLATE "C" NOT NULL,
  commune      text COLLATE "C" NOT NULL,
  village      text COLLATE "C" NOT NULL,
  household    text COLLATE "C" NOT NULL,
  birth_year   bigint NOT NULL,
  sex          text COLLATE "C" NOT NULL,
  student      boolean NOT NULL,
  no_school    boolean NOT NULL,
  si_months    bigint NOT NULL,
  cash         boolean NOT NULL,
  restricted   boolean NOT NULL,
  covers       text COLLATE "C" NOT NULL,
  added        timestamptz NOT NULL,
  changed      timestamptz NOT NULL,
  key          text COLLATE "C" NOT NULL,
  sealed       bytea NOT NULL,
  -- What entries tell; derived.
  lead         uuid,
  paid         text COLLATE "C" NOT NULL,
  hi_until     text COLLATE "C" NOT NULL,
  si_until     text COLLATE "C" NOT NULL,
  in_cash      boolean NOT NULL,
  visited      timestamptz,
  outcome      text COLLATE "C" NOT NULL,
  visit_by     text COLLATE "C" NOT NULL,
  follow_up    text COLLATE "C" NOT NULL,
  attempts     bigint NOT NULL,
  -- What assignments and consents tell; derived.
  assigned     text COLLATE "C" NOT NULL,
  callable     boolean NOT NULL
);
-- Worklists are read from here, and counted without touching the table.
CREATE INDEX person_work ON person (office, commune, village, household, id,
  hi_until, si_months, in_cash, student, follow_up, assigned, callable, restricted, visited) WHERE lead IS NULL;
CREATE INDEX person_home ON person (commune, household);
CREATE INDEX person_key_of ON person (key);
CREATE INDEX person_lead ON person (lead) WHERE lead IS NOT NULL;

CREATE TABLE person_blind (
  blind  text COLLATE "C" NOT NULL,
  person uuid NOT NULL,
  PRIMARY KEY (blind, person)
);
CREATE INDEX person_blind_of ON person_blind (person);

CREATE TABLE assignment (
  office    text COLLATE "C" NOT NULL,
  commune   text COLLATE "C" NOT NULL,
  village   text COLLATE "C" NOT NULL,
  household text COLLATE "C" NOT NULL,
  "user"      text COLLATE "C" NOT NULL,
  by        text COLLATE "C" NOT NULL,
  at        timestamptz NOT NULL,
  PRIMARY KEY (commune, village, household)
);

CREATE TABLE pair (
  id        uuid PRIMARY KEY,
  a         uuid NOT NULL,
  b         uuid NOT NULL,
  office_a  text COLLATE "C" NOT NULL,
  office_b  text COLLATE "C" NOT NULL,
  commune_a text COLLATE "C" NOT NULL,
  commune_b text COLLATE "C" NOT NULL,
  score     bigint NOT NULL,
  reasons   text COLLATE "C" NOT NULL,
  state     text COLLATE "C" NOT NULL,
  entries   text COLLATE "C" NOT NULL,
  UNIQUE (a, b)
);
CREATE INDEX pair_b ON pair (b);
CREATE INDEX pair_state ON pair (state, score);

CREATE TABLE consent (
  id           uuid PRIMARY KEY,
  person       uuid NOT NULL,
  purpose      text COLLATE "C" NOT NULL,
  text_version text COLLATE "C" NOT NULL,
  channel      text COLLATE "C" NOT NULL,
  by           text COLLATE "C" NOT NULL,
  given        timestamptz NOT NULL,
  withdrawn    timestamptz,
  withdrawn_by text COLLATE "C" NOT NULL,
  key          text COLLATE "C" NOT NULL,
  sealed       bytea NOT NULL
);
CREATE INDEX consent_person ON consent (person);

CREATE TABLE subject_request (
  id         uuid PRIMARY KEY,
  person     uuid NOT NULL,
  office     text COLLATE "C" NOT NULL,
  kind       text COLLATE "C" NOT NULL,
  by         text COLLATE "C" NOT NULL,
  received   timestamptz NOT NULL,
  answer_due text COLLATE "C" NOT NULL,
  finish_due text COLLATE "C" NOT NULL,
  state      text COLLATE "C" NOT NULL,
  steps      text COLLATE "C" NOT NULL
);
CREATE INDEX subject_request_office ON subject_request (office, received);

-- The second wall: rows of those offices alone that the transaction names, and
-- none where it names none. A pooled connection keeps the setting as '' after
-- the transaction that set it, not as NULL: both stand for no office. '*' is
-- for matching and counting.
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
ALTER TABLE person FORCE ROW LEVEL SECURITY;
CREATE POLICY person_scope ON person
  USING (office = ANY ((SELECT string_to_array(NULLIF(current_setting('caunoi.offices', true), ''), chr(31)))::text[])
    OR (SELECT current_setting('caunoi.offices', true)) = '*');
ALTER TABLE assignment ENABLE ROW LEVEL SECURITY;
ALTER TABLE assignment FORCE ROW LEVEL SECURITY;
CREATE POLICY assignment_scope ON assignment
  USING (office = ANY ((SELECT string_to_array(NULLIF(current_setting('caunoi.offices', true), ''), chr(31)))::text[])
    OR (SELECT current_setting('caunoi.offices', true)) = '*');
ALTER TABLE subject_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE subject_request FORCE ROW LEVEL SECURITY;
CREATE POLICY subject_request_scope ON subject_request
  USING (office = ANY ((SELECT string_to_array(NULLIF(current_setting('caunoi.offices', true), ''), chr(31)))::text[])
    OR (SELECT current_setting('caunoi.offices', true)) = '*');
ALTER TABLE pair ENABLE ROW LEVEL SECURITY;
ALTER TABLE pair FORCE ROW LEVEL SECURITY;
CREATE POLICY pair_scope ON pair
  USING (office_a = ANY ((SELECT string_to_array(NULLIF(current_setting('caunoi.offices', true), ''), chr(31)))::text[])
    OR office_b = ANY ((SELECT string_to_array(NULLIF(current_setting('caunoi.offices', true), ''), chr(31)))::text[])
    OR (SELECT current_setting('caunoi.offices', true)) = '*');
-- What hangs on a person is seen with the person; see person_scope.
ALTER TABLE person_blind ENABLE ROW LEVEL SECURITY;
ALTER TABLE person_blind FORCE ROW LEVEL SECURITY;
CREATE POLICY person_blind_scope ON person_blind
  USING ((SELECT current_setting('caunoi.offices', true)) = '*' OR EXISTS (SELECT FROM person AS p WHERE p.id = person_blind.person));
ALTER TABLE consent ENABLE ROW LEVEL SECURITY;
ALTER TABLE consent FORCE ROW LEVEL SECURITY;
CREATE POLICY consent_scope ON consent
  USING ((SELECT current_setting('caunoi.offices', true)) = '*' OR EXISTS (SELECT FROM person AS p WHERE p.id = consent.person));
