-- The carrier is asked to fetch what comes back: a party like others, in whose chair nobody sits.
INSERT INTO parties (id, kind, name_ko, name_en, created_at) VALUES ('ffffffff-ffff-ffff-ffff-ffffffffffff', 'carrier', '택배사', 'Carrier', 0);

-- Returns as queues walk along them: written with their order, and made anew from it.
CREATE TABLE claims (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    seller_id TEXT NOT NULL REFERENCES parties (id),
    state TEXT NOT NULL,
    open BOOLEAN NOT NULL,
    reason TEXT NOT NULL,
    amount BIGINT NOT NULL,
    requested_at BIGINT NOT NULL,
    moved_at BIGINT NOT NULL
);
CREATE INDEX claims_by_age ON claims (open, requested_at, id);
CREATE INDEX claims_of_order ON claims (order_id);
CREATE INDEX claims_of_seller ON claims (seller_id, open, requested_at, id);

-- What buyer, seller and head office say about a return, in their words: kept beside the events.
CREATE TABLE claim_notes (
    id TEXT PRIMARY KEY,
    claim_id TEXT NOT NULL REFERENCES claims (id),
    chair TEXT NOT NULL CHECK (chair IN ('buyer', 'seller', 'admin')),
    account_id TEXT REFERENCES accounts (id),
    text TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX notes_of_claim ON claim_notes (claim_id, at);

-- A return has photos too.
CREATE TABLE photos_of_all (
    order_id TEXT NOT NULL REFERENCES orders (id),
    kind TEXT NOT NULL CHECK (kind IN ('extra', 'work', 'signature', 'claim')),
    hash TEXT NOT NULL,
    bytes BLOB NOT NULL,
    shown BOOLEAN NOT NULL DEFAULT FALSE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (order_id, kind, hash)
);
INSERT INTO photos_of_all SELECT order_id, kind, hash, bytes, shown, created_at FROM photos;
DROP TABLE photos;
ALTER TABLE photos_of_all RENAME TO photos;

-- Fetching goods is a saga too.
CREATE TABLE sagas_of_all (
    id TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('checkout', 'refund', 'fulfilment', 'collection')),
    subject TEXT NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders (id),
    step TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'parked', 'done')),
    generation BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    looks BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    problem TEXT,
    memo TEXT,
    started_at BIGINT NOT NULL,
    retries BIGINT NOT NULL DEFAULT 0,
    UNIQUE (kind, subject)
);
INSERT INTO sagas_of_all (id, kind, subject, order_id, step, state, generation, attempts, looks, due_at, leased_until, problem, memo, started_at, retries)
    SELECT id, kind, subject, order_id, step, state, generation, attempts, looks, due_at, leased_until, problem, memo, started_at, retries FROM sagas;
DROP TABLE sagas;
ALTER TABLE sagas_of_all RENAME TO sagas;
CREATE INDEX sagas_due ON sagas (state, due_at);
CREATE INDEX sagas_by_order ON sagas (order_id);

INSERT INTO policy_rows (version, key, value) SELECT version, 'return.pickup_fee', 3000 FROM policy_books;
INSERT INTO policy_rows (version, key, value) SELECT version, 'refund.within', 3 FROM policy_books;
