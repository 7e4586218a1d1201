-- Pictures of a receipt: whoever delivers the goods keeps them, and who buys does not see them.
ALTER TABLE photos DROP CONSTRAINT photos_kind_check;
ALTER TABLE photos ADD CONSTRAINT photos_kind_check CHECK (kind IN ('extra', 'work', 'signature', 'claim', 'review', 'receipt'));
CREATE TABLE receipt_photos (
    receipt_id TEXT NOT NULL REFERENCES receipts (id),
    hash TEXT NOT NULL,
    nth BIGINT NOT NULL,
    PRIMARY KEY (receipt_id, hash)
);

-- What a store that asks to join shows of its papers: brought by whoever has the key of the application.
ALTER TABLE uploads DROP CONSTRAINT uploads_kind_check;
ALTER TABLE uploads ADD CONSTRAINT uploads_kind_check CHECK (kind IN ('product', 'document'));
ALTER TABLE store_applications ADD COLUMN key_hash TEXT;
CREATE UNIQUE INDEX store_applications_by_key ON store_applications (key_hash);
