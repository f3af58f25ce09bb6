-- +goose Up
-- The phone's own count of its entries shows what never came.
ALTER TABLE entry ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
UPDATE entry SET device = json_extract(CAST(text AS TEXT), '$.device'), seq = json_extract(CAST(text AS TEXT), '$.seq');
CREATE INDEX entry_phone ON entry (author, device, seq, received_at);
