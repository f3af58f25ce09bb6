-- +goose Up
-- What a phone last told of itself to be helped with: JSON that names nobody.
ALTER TABLE device ADD COLUMN help TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN help_at INTEGER NOT NULL DEFAULT 0;
