-- +goose Up
-- How many they are says whether any came, so that is read from the index alone.
DROP INDEX entry_of_activity;
CREATE INDEX entry_of_activity ON entry (campaign)
  WHERE kind IN ('activity_planned', 'activity_moved', 'activity_cancelled', 'activity_held', 'attendance', 'confirmation') AND waiting IS NULL;
