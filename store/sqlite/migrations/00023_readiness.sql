-- +goose Up
-- What a phone last told of itself, asked or not: JSON that names nobody.
ALTER TABLE device ADD COLUMN told TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN told_at INTEGER NOT NULL DEFAULT 0;
-- For which day the phones of an office are to rehearse, and since when.
CREATE TABLE rehearsal (
  office TEXT NOT NULL,
  day    TEXT NOT NULL,
  asked  INTEGER NOT NULL,
  by     TEXT NOT NULL,
  PRIMARY KEY (office, day)
);
-- Who will come stands with what an activity became.
DROP INDEX entry_of_activity;
CREATE INDEX entry_of_activity ON entry (campaign)
  WHERE kind IN ('activity_planned', 'activity_moved', 'activity_cancelled', 'activity_held', 'attendance', 'confirmation');
