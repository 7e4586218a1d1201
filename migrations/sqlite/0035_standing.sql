-- How two stores stand with each other: what one said asking, why it was turned down or stopped.
ALTER TABLE partnerships ADD COLUMN state TEXT NOT NULL DEFAULT 'approved' CHECK (state IN ('applied', 'approved', 'rejected', 'suspended'));
ALTER TABLE partnerships ADD COLUMN message TEXT;
ALTER TABLE partnerships ADD COLUMN reason TEXT;
UPDATE partnerships SET state = 'suspended' WHERE ended_at IS NOT NULL;
-- The view reads the column that goes.
DROP VIEW partner_units;
ALTER TABLE partnerships DROP COLUMN ended_at;
CREATE VIEW partner_units AS
SELECT c.variant_id, c.store_id, CAST(CASE WHEN c.units > 0 THEN c.units ELSE 0 END AS BIGINT) AS units
FROM (
    SELECT ours.id AS variant_id, own.store_id,
        COALESCE((SELECT SUM(b.amount)
            FROM variants v
                JOIN products p ON p.id = v.product_id
                JOIN stores st ON st.party_id = p.store_id
                JOIN partnerships a ON a.seller_id = p.store_id
                LEFT JOIN partner_terms t ON t.variant_id = v.id
                JOIN balances b ON b.subject = v.id AND b.account = 'available' AND b.unit = 'stock'
            WHERE v.model = ours.model AND v.id <> ours.id AND p.on_sale AND st.status = 'approved'
              AND a.buyer_id = own.store_id AND a.state = 'approved' AND COALESCE(t.least, 1) = 1), 0)
        - COALESCE((SELECT SUM(b.amount) FROM balances b WHERE b.subject = ours.id AND b.account = 'to_order' AND b.unit = 'stock'), 0) AS units
    FROM variants ours JOIN products own ON own.id = ours.product_id
) AS c;

-- How a store stands with the chain. A business is there once, however often it was turned down.
ALTER TABLE stores ADD COLUMN reason TEXT;
CREATE UNIQUE INDEX stores_by_business_number ON stores (business_number) WHERE status <> 'rejected';
CREATE INDEX stores_by_status ON stores (status);

-- Who asked to join with a store. The row goes when he gets an account; who was turned down has no password here any more.
CREATE TABLE store_applications (
    store_id TEXT PRIMARY KEY NOT NULL REFERENCES stores (party_id),
    person TEXT NOT NULL,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    password_hash TEXT
);
CREATE UNIQUE INDEX store_applications_by_email ON store_applications (email) WHERE password_hash IS NOT NULL;
