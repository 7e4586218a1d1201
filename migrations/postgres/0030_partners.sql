-- What stores buy of each other. Goods of the same manufacturer's model are the same goods, whoever lists them.
ALTER TABLE variants ADD COLUMN model TEXT;
CREATE INDEX variants_by_model ON variants (model) WHERE model IS NOT NULL;

-- An agreement: the seller lets the buyer owe up to a limit.
CREATE TABLE partnerships (
    seller_id TEXT NOT NULL REFERENCES stores (party_id),
    buyer_id TEXT NOT NULL REFERENCES stores (party_id),
    credit_limit BIGINT NOT NULL CHECK (credit_limit >= 0),
    since BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (seller_id, buyer_id)
);
CREATE INDEX partnerships_by_buyer ON partnerships (buyer_id);

-- What partners pay for an option from so many units on; one store's own price has its id, everybody's has none.
CREATE TABLE partner_prices (
    variant_id TEXT NOT NULL REFERENCES variants (id),
    buyer_id TEXT NOT NULL,
    from_units BIGINT NOT NULL CHECK (from_units > 0),
    price BIGINT NOT NULL CHECK (price >= 0),
    PRIMARY KEY (variant_id, buyer_id, from_units)
);

-- How an option is sold to partners.
CREATE TABLE partner_terms (
    variant_id TEXT PRIMARY KEY NOT NULL REFERENCES variants (id),
    least BIGINT NOT NULL CHECK (least > 0),
    lead_days BIGINT NOT NULL CHECK (lead_days >= 0)
);

-- A store's own purchases, newest first.
CREATE INDEX orders_by_buyer_kind ON orders (buyer_id, kind, placed_at, id);
