-- The second step of signing in. The secret is kept as it is, because codes are made of it; recovery codes as their hashes.
CREATE TABLE second_steps (
    account_id TEXT PRIMARY KEY NOT NULL REFERENCES accounts (id),
    secret TEXT NOT NULL,
    last_step BIGINT NOT NULL,
    begun_at BIGINT NOT NULL,
    confirmed_at BIGINT
);

CREATE TABLE recovery_codes (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    code_hash TEXT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (account_id, code_hash)
);

-- Whoever gave the right password and owes a code. It opens nothing: sessions are rows of another table.
CREATE TABLE pending_sign_ins (
    token_hash TEXT PRIMARY KEY NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    tries BIGINT NOT NULL CHECK (tries >= 0),
    expires_at BIGINT NOT NULL
);
CREATE INDEX pending_sign_ins_by_account ON pending_sign_ins (account_id);

-- Wrong answers by the hash of who gave them: an e-mail and an address, or an e-mail. No row says which.
CREATE TABLE sign_in_failures (
    subject TEXT PRIMARY KEY NOT NULL,
    failures BIGINT NOT NULL CHECK (failures >= 0),
    since BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX sign_in_failures_by_age ON sign_in_failures (last_at);
CREATE INDEX sessions_by_account ON sessions (account_id);
