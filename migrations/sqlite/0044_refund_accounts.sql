-- Where money goes that was paid into a virtual account and cannot go back the way it came.
CREATE TABLE refund_accounts (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    bank TEXT NOT NULL,
    number TEXT NOT NULL,
    holder TEXT NOT NULL,
    given_at BIGINT NOT NULL
);
CREATE INDEX refund_accounts_of_order ON refund_accounts (order_id);
