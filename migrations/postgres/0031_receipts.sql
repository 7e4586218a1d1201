-- What stores bought outside the chain: who sold it stays beside the events, which name the row.
CREATE TABLE receipts (
    id TEXT PRIMARY KEY NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders (id),
    seller_name TEXT NOT NULL,
    business_number TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    bought_on TEXT NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX receipts_by_order ON receipts (order_id);
