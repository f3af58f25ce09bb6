-- +goose Up
-- Counting those whom lists may name reads this alone, not whole rows.
CREATE INDEX person_listed ON person (commune) WHERE lead IS NULL AND NOT restricted;
