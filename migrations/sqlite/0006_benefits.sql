-- The chain itself as a party: it gives out coupons and pays for points.
INSERT INTO parties (id, kind, name_ko, name_en, created_at) VALUES ('00000000-0000-0000-0000-000000000000', 'chain', '주문', 'Jumun', 0);

-- Coupons: what is given out, and a row for each that a customer has. Membership: what a month's purchases come to.
CREATE TABLE coupons (
    id TEXT PRIMARY KEY NOT NULL,
    issuer_id TEXT NOT NULL REFERENCES parties (id),
    seller_id TEXT REFERENCES parties (id),
    code TEXT NOT NULL UNIQUE,
    name_ko TEXT NOT NULL,
    name_en TEXT,
    terms TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL CHECK (until_at > from_at),
    listed BOOLEAN NOT NULL,
    per_customer BIGINT NOT NULL CHECK (per_customer >= 1),
    total BIGINT NOT NULL CHECK (total >= 1),
    given BIGINT NOT NULL CHECK (given >= 0 AND given <= total),
    stopped_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX coupons_by_issuer ON coupons (issuer_id, created_at);

CREATE TABLE coupon_issues (
    id TEXT PRIMARY KEY NOT NULL,
    coupon_id TEXT NOT NULL REFERENCES coupons (id),
    party_id TEXT NOT NULL REFERENCES parties (id),
    nth BIGINT NOT NULL CHECK (nth >= 1),
    state TEXT NOT NULL CHECK (state IN ('ready', 'held', 'used')),
    order_id TEXT REFERENCES orders (id),
    valid_until BIGINT NOT NULL,
    given_at BIGINT NOT NULL,
    UNIQUE (coupon_id, party_id, nth),
    CHECK ((state = 'ready') = (order_id IS NULL))
);
CREATE INDEX coupon_issues_by_party ON coupon_issues (party_id, given_at);
CREATE UNIQUE INDEX coupon_issues_by_order ON coupon_issues (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE member_months (
    party_id TEXT NOT NULL REFERENCES parties (id),
    month TEXT NOT NULL,
    spent BIGINT NOT NULL,
    PRIMARY KEY (party_id, month)
);

CREATE INDEX postings_by_owner ON postings (owner, account);

INSERT INTO policy_rows (version, key, value) SELECT version, 'coupon.restore_grace', 604800 FROM policy_books;
