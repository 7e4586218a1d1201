-- Files that people brought, as they were drawn anew: named by the hash of their bytes, so what stands under a name is always the same.
CREATE TABLE uploads (
    hash TEXT NOT NULL,
    owner_id TEXT NOT NULL REFERENCES parties (id),
    kind TEXT NOT NULL CHECK (kind IN ('product')),
    bytes BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, kind, hash)
);
CREATE INDEX uploads_by_hash ON uploads (hash);
