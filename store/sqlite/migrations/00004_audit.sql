-- +goose Up
CREATE TABLE audit (
  seq     INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,
  act     TEXT NOT NULL,
  actor   TEXT NOT NULL,
  device  TEXT NOT NULL,
  office  TEXT NOT NULL,
  subject TEXT NOT NULL,
  outcome TEXT NOT NULL,
  details TEXT NOT NULL,
  hash    BLOB NOT NULL
) STRICT;
CREATE INDEX audit_subject ON audit (subject);
CREATE INDEX audit_at ON audit (at);

-- +goose StatementBegin
CREATE TRIGGER audit_update BEFORE UPDATE ON audit
BEGIN SELECT raise(ABORT, 'the audit is only ever added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_insert BEFORE INSERT ON audit WHEN new.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM audit)
BEGIN SELECT raise(ABORT, 'the audit is only ever added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_delete BEFORE DELETE ON audit
BEGIN SELECT raise(ABORT, 'the audit is only ever added to'); END;
-- +goose StatementEnd

CREATE TABLE approval (
  id         TEXT PRIMARY KEY,
  act        TEXT NOT NULL,
  office     TEXT NOT NULL,
  subject    TEXT NOT NULL,
  by         TEXT NOT NULL,
  at         INTEGER NOT NULL,
  change     BLOB NOT NULL,
  state      TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  key        TEXT NOT NULL,
  sealed     BLOB NOT NULL
);
CREATE INDEX approval_subject ON approval (subject);
CREATE INDEX approval_at ON approval (at);
