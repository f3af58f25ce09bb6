-- +goose Up
CREATE TABLE audit (
  seq     bigint PRIMARY KEY,
  at      timestamptz NOT NULL,
  act     text COLLATE "C" NOT NULL,
  actor   text COLLATE "C" NOT NULL,
  device  text COLLATE "C" NOT NULL,
  office  text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  outcome text COLLATE "C" NOT NULL,
  details text COLLATE "C" NOT NULL,
  hash    bytea NOT NULL
);
CREATE INDEX audit_subject ON audit (subject);
CREATE INDEX audit_at ON audit (at);

-- +goose StatementBegin
CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit is only ever added to'; END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows();

CREATE TABLE approval (
  id         text COLLATE "C" PRIMARY KEY,
  act        text COLLATE "C" NOT NULL,
  office     text COLLATE "C" NOT NULL,
  subject    text COLLATE "C" NOT NULL,
  by         text COLLATE "C" NOT NULL,
  at         timestamptz NOT NULL,
  change     bytea NOT NULL,
  state      text COLLATE "C" NOT NULL,
  decided_by text COLLATE "C" NOT NULL,
  decided_at timestamptz,
  key        text COLLATE "C" NOT NULL,
  sealed     bytea NOT NULL
);
CREATE INDEX approval_subject ON approval (subject);
CREATE INDEX approval_at ON approval (at);
