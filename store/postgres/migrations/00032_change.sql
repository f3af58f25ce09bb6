-- +goose Up
-- What was done to the figures since a snapshot is found without reading all changes.
CREATE INDEX change_xact ON change (xact);
