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
