-- +goose Up
CREATE TABLE person_proof (
  person     uuid PRIMARY KEY,
  phone_how  text COLLATE "C" NOT NULL,
  phone_of   text COLLATE "C" NOT NULL,
  phone_at   timestamptz,
  phone_by   text COLLATE "C" NOT NULL,
  sealed     bytea NOT NULL,
  result     text COLLATE "C" NOT NULL,
  check_of   text COLLATE "C" NOT NULL,
  differs    text COLLATE "C" NOT NULL,
  check_at   timestamptz,
  check_by   text COLLATE "C" NOT NULL,
  code_mac   text COLLATE "C" NOT NULL,
  code_of    text COLLATE "C" NOT NULL,
  code_until timestamptz,
  code_tries bigint NOT NULL,
  codes_on   text COLLATE "C" NOT NULL,
  codes      bigint NOT NULL
);
ALTER TABLE person_proof ENABLE ROW LEVEL SECURITY;
ALTER TABLE person_proof FORCE ROW LEVEL SECURITY;
CREATE POLICY person_proof_scope ON person_proof
  USING ((SELECT current_setting('caunoi.offices', true)) = '*' OR EXISTS (SELECT FROM person AS p WHERE p.id = person_proof.person));
