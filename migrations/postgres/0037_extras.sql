-- Pictures of an installation: what shows why work on site is needed, what was put up, who signed for it. Named by the hash of
-- their bytes as they were drawn anew, and seen by the parties of the order and nobody else.
CREATE TABLE photos (
    order_id TEXT COLLATE "C" NOT NULL REFERENCES orders (id),
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('extra', 'work', 'signature')),
    hash TEXT COLLATE "C" NOT NULL,
    bytes BYTEA NOT NULL,
    shown BOOLEAN NOT NULL DEFAULT FALSE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (order_id, kind, hash)
);

INSERT INTO policy_rows (version, key, value) SELECT version, 'installation.extra_answer_within', 1200 FROM policy_books;
