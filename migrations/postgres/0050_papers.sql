-- Pictures of a receipt: whoever delivers the goods keeps them, and who buys does not see them.
ALTER TABLE photos DROP CONSTRAINT photos_kind_check;
ALTER TABLE photos ADD CONSTRAINT photos_kind_check CHECK (kind IN ('extra', 'work', 'signature', 'claim', 'review', 'receipt'));
CREATE TABLE receipt_photos (
    receipt_id TEXT NOT NULL REFERENCES receipts (id),
    hash TEXT NOT NULL,
    nth BIGINT NOT NULL,
    PRIMARY KEY (receipt_id, hash)
);

-- A receipt that was a mistake is told from one that counts.
ALTER TABLE receipts ADD COLUMN voided_at BIGINT;
UPDATE receipts SET voided_at = (SELECT MAX(e.at) FROM events e
    WHERE e.aggregate_id = receipts.order_id AND e.name = 'receipt.voided' AND e.payload LIKE '%' || receipts.id || '%');

-- What a store that asks to join shows of its papers: brought by whoever has the key of the application.
ALTER TABLE uploads DROP CONSTRAINT uploads_kind_check;
ALTER TABLE uploads ADD CONSTRAINT uploads_kind_check CHECK (kind IN ('product', 'document'));
ALTER TABLE store_applications ADD COLUMN key_hash TEXT;
CREATE UNIQUE INDEX store_applications_by_key ON store_applications (key_hash);
