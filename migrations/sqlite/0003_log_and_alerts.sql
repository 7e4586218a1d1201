-- A place in the log is (transaction, position): on PostgreSQL numbers are given before commits, so a reader stops before the
-- oldest transaction that is still open. SQLite has one writer; there the transaction is always 0.
ALTER TABLE events ADD COLUMN xact BIGINT NOT NULL DEFAULT 0;
CREATE INDEX events_by_place ON events (xact, position);

-- An order with missing units stands on the board 재고없음 besides its own.
ALTER TABLE orders ADD COLUMN short BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX orders_short ON orders (seller_id, placed_at, id) WHERE short;

-- What is owed and cannot be had: the queue that arriving goods serve, first come, first served.
CREATE TABLE shortages (
    id TEXT PRIMARY KEY NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders (id),
    seller_id TEXT NOT NULL REFERENCES parties (id),
    variant_id TEXT NOT NULL REFERENCES variants (id),
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    raised_at BIGINT NOT NULL
);
CREATE INDEX shortages_by_variant ON shortages (seller_id, variant_id, raised_at, id);

-- What the chain's own people must look at. One open alert for each matter.
CREATE TABLE alerts (
    id TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('medium', 'high')),
    subject TEXT NOT NULL,
    order_id TEXT REFERENCES orders (id),
    problem TEXT,
    raised_at BIGINT NOT NULL,
    resolved_at BIGINT,
    resolved_by TEXT REFERENCES accounts (id),
    note TEXT,
    sending TEXT NOT NULL CHECK (sending IN ('queued', 'sent', 'failed')),
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL
);
CREATE UNIQUE INDEX alerts_open ON alerts (kind, subject) WHERE resolved_at IS NULL;
CREATE INDEX alerts_to_send ON alerts (sending, due_at);
CREATE INDEX alerts_by_time ON alerts (raised_at, id);

ALTER TABLE sagas ADD COLUMN retries BIGINT NOT NULL DEFAULT 0;

INSERT INTO policy_rows (version, key, value) SELECT version, 'delivery.give_up_after', 86400 FROM policy_books;

-- What `verify` found, for the proof page.
CREATE TABLE proofs (
    id TEXT PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    took_micros BIGINT NOT NULL,
    orders BIGINT NOT NULL,
    findings TEXT NOT NULL
);
CREATE INDEX proofs_by_time ON proofs (at, id);
