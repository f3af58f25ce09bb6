-- +goose Up
-- Who was there stands with what an activity became.
DROP INDEX entry_of_activity;
CREATE INDEX entry_of_activity ON entry (campaign)
  WHERE kind IN ('activity_planned', 'activity_moved', 'activity_cancelled', 'activity_held', 'attendance');
