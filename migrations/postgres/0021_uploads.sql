-- Files that people brought, as they were drawn anew: named by the hash of their bytes, so what stands under a name is always the same.
CREATE TABLE uploads (
    hash TEXT COLLATE "C" NOT NULL,
    owner_id TEXT COLLATE "C" NOT NULL REFERENCES parties (id),
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('product')),
    bytes BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, kind, hash)
);
CREATE INDEX uploads_by_hash ON uploads (hash);
