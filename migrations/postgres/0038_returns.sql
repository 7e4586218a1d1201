-- The carrier is asked to fetch what comes back: a party like others, in whose chair nobody sits.
INSERT INTO parties (id, kind, name_ko, name_en, created_at) VALUES ('ffffffff-ffff-ffff-ffff-ffffffffffff', 'carrier', '택배사', 'Carrier', 0);

-- Returns as queues walk along them: written with their order, and made anew from it.
CREATE TABLE claims (
    id TEXT COLLATE "C" PRIMARY KEY,
    order_id TEXT COLLATE "C" NOT NULL REFERENCES orders (id),
    seller_id TEXT COLLATE "C" NOT NULL REFERENCES parties (id),
    state TEXT COLLATE "C" NOT NULL,
    open BOOLEAN NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    amount BIGINT NOT NULL,
    requested_at BIGINT NOT NULL,
    moved_at BIGINT NOT NULL
);
CREATE INDEX claims_by_age ON claims (open, requested_at, id);
CREATE INDEX claims_of_order ON claims (order_id);
CREATE INDEX claims_of_seller ON claims (seller_id, open, requested_at, id);

-- What buyer, seller and head office say about a return, in their words: kept beside the events.
CREATE TABLE claim_notes (
    id TEXT COLLATE "C" PRIMARY KEY,
    claim_id TEXT COLLATE "C" NOT NULL REFERENCES claims (id),
    chair TEXT COLLATE "C" NOT NULL CHECK (chair IN ('buyer', 'seller', 'admin')),
    account_id TEXT COLLATE "C" REFERENCES accounts (id),
    text TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX notes_of_claim ON claim_notes (claim_id, at);

-- A return has photos too.
ALTER TABLE photos DROP CONSTRAINT photos_kind_check;
ALTER TABLE photos ADD CONSTRAINT photos_kind_check CHECK (kind IN ('extra', 'work', 'signature', 'claim'));

-- Fetching goods is a saga too.
ALTER TABLE sagas DROP CONSTRAINT sagas_kind_check;
ALTER TABLE sagas ADD CONSTRAINT sagas_kind_check CHECK (kind IN ('checkout', 'refund', 'fulfilment', 'collection'));

INSERT INTO policy_rows (version, key, value) SELECT version, 'return.pickup_fee', 3000 FROM policy_books;
INSERT INTO policy_rows (version, key, value) SELECT version, 'refund.within', 3 FROM policy_books;
