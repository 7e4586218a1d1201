-- Since when somebody no longer works in his store. What he did keeps his name.
ALTER TABLE accounts ADD COLUMN left_at BIGINT;

-- Who was asked to join a store and has no password yet. The link names the token; only its hash is kept.
CREATE TABLE invitations (
    account_id TEXT PRIMARY KEY NOT NULL REFERENCES accounts (id),
    token_hash TEXT NOT NULL UNIQUE,
    expires_at BIGINT NOT NULL
);
