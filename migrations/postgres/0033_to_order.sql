-- What a store's partners can still bring of each of its options: what lies free on their own shelves and is sold singly, one level
-- deep, less what the store has sold to order and not asked for yet.
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
              AND a.buyer_id = own.store_id AND a.ended_at IS NULL AND COALESCE(t.least, 1) = 1), 0)
        - COALESCE((SELECT SUM(b.amount) FROM balances b WHERE b.subject = ours.id AND b.account = 'to_order' AND b.unit = 'stock'), 0) AS units
    FROM variants ours JOIN products own ON own.id = ours.product_id
) AS c;
