-- +goose Up
-- When the user last proved who they are.
ALTER TABLE session ADD COLUMN proven timestamptz;
UPDATE session SET proven = made;
ALTER TABLE session ALTER COLUMN proven SET NOT NULL;
