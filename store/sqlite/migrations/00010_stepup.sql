-- +goose Up
-- When the user last proved who they are.
ALTER TABLE session ADD COLUMN proven INTEGER NOT NULL DEFAULT 0;
UPDATE session SET proven = made;
