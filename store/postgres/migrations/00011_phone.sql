-- +goose Up
-- The phone's own count of its entries shows what never came.
ALTER TABLE entry ADD COLUMN device text COLLATE "C" NOT NULL DEFAULT '', ADD COLUMN seq bigint NOT NULL DEFAULT 0;
UPDATE entry SET device = convert_from(text, 'UTF8')::json ->> 'device', seq = (convert_from(text, 'UTF8')::json ->> 'seq')::bigint;
CREATE INDEX entry_phone ON entry (author, device, seq, received_at);
