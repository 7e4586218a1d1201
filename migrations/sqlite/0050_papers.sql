-- Pictures of a receipt: whoever delivers the goods keeps them, and who buys does not see them.
CREATE TABLE photos_of_all (
    order_id TEXT NOT NULL REFERENCES orders (id),
    kind TEXT NOT NULL CHECK (kind IN ('extra', 'work', 'signature', 'claim', 'review', 'receipt')),
    hash TEXT NOT NULL,
    bytes BLOB NOT NULL,
    shown BOOLEAN NOT NULL DEFAULT FALSE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (order_id, kind, hash)
);
INSERT INTO photos_of_all SELECT order_id, kind, hash, bytes, shown, created_at FROM photos;
DROP TABLE photos;
ALTER TABLE photos_of_all RENAME TO photos;
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
CREATE TABLE uploads_of_all (
    hash TEXT NOT NULL,
    owner_id TEXT NOT NULL REFERENCES parties (id),
    kind TEXT NOT NULL CHECK (kind IN ('product', 'document')),
    bytes BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, kind, hash)
);
INSERT INTO uploads_of_all SELECT hash, owner_id, kind, bytes, created_at FROM uploads;
DROP TABLE uploads;
ALTER TABLE uploads_of_all RENAME TO uploads;
CREATE INDEX uploads_by_hash ON uploads (hash);
ALTER TABLE store_applications ADD COLUMN key_hash TEXT;
CREATE UNIQUE INDEX store_applications_by_key ON store_applications (key_hash);
