-- +goose Up
-- Every pull asks what was sent back to its author.
CREATE INDEX entry_sent_back ON entry (campaign) WHERE kind = 'sent_back';
