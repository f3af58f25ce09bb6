-- +goose Up
-- What an activity became is read anew alone where something came to it.
CREATE INDEX entry_of_session ON entry (session)
  WHERE kind IN ('activity_planned', 'activity_moved', 'activity_cancelled', 'activity_held', 'attendance', 'confirmation') AND waiting IS NULL;
