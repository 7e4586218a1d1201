-- Whether the buyer owes an answer about a return, for queues.
ALTER TABLE claims ADD COLUMN asked BOOLEAN NOT NULL DEFAULT FALSE;

-- What the people of one side, a store's or the chain's, say to each other about a return. It is added to and never changed.
CREATE TABLE claim_comments (
    id TEXT COLLATE "C" PRIMARY KEY,
    claim_id TEXT COLLATE "C" NOT NULL REFERENCES claims (id),
    side TEXT COLLATE "C" NOT NULL CHECK (side IN ('store', 'chain')),
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    text TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX comments_of_claim ON claim_comments (claim_id, side, at, id);

-- Who of a side looks after a return.
CREATE TABLE claim_keepers (
    claim_id TEXT COLLATE "C" NOT NULL REFERENCES claims (id),
    side TEXT COLLATE "C" NOT NULL CHECK (side IN ('store', 'chain')),
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    since BIGINT NOT NULL,
    PRIMARY KEY (claim_id, side)
);

-- What somebody looks for in a queue again and again.
CREATE TABLE claim_filters (
    id TEXT COLLATE "C" PRIMARY KEY,
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (account_id, name)
);
