-- +goose Up
-- The map of the plan reads where villages lie and passes over their households.
CREATE INDEX point_village ON point (commune, village) WHERE household = '';
