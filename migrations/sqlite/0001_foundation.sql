-- Ids and codes are TEXT, won and microseconds BIGINT, states are checked by name. The PostgreSQL twin has the same shape.

CREATE TABLE policy_books (
    version BIGINT PRIMARY KEY NOT NULL,
    effective_at BIGINT NOT NULL,
    reason TEXT NOT NULL
);

CREATE TABLE policy_rows (
    version BIGINT NOT NULL REFERENCES policy_books (version),
    key TEXT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (version, key)
);

CREATE TABLE house_clock (
    id BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
    offset_micros BIGINT NOT NULL CHECK (offset_micros >= 0)
);

CREATE TABLE parties (
    id TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('customer', 'guest', 'store', 'installer', 'carrier', 'chain')),
    name_ko TEXT NOT NULL,
    name_en TEXT,
    created_at BIGINT NOT NULL
);

CREATE TABLE stores (
    party_id TEXT PRIMARY KEY NOT NULL REFERENCES parties (id),
    slug TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('retailer', 'wholesaler')),
    status TEXT NOT NULL CHECK (status IN ('applied', 'approved', 'rejected', 'suspended')),
    business_number TEXT NOT NULL,
    phone TEXT NOT NULL,
    postcode TEXT NOT NULL,
    address TEXT NOT NULL,
    intro_ko TEXT NOT NULL,
    intro_en TEXT
);

CREATE TABLE warehouses (
    id TEXT PRIMARY KEY NOT NULL,
    store_id TEXT NOT NULL REFERENCES stores (party_id),
    slug TEXT NOT NULL UNIQUE,
    name_ko TEXT NOT NULL,
    name_en TEXT,
    postcode TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX warehouses_by_store ON warehouses (store_id);

CREATE TABLE accounts (
    id TEXT PRIMARY KEY NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('customer', 'retailer', 'wholesaler', 'installer', 'admin')),
    party_id TEXT NOT NULL REFERENCES parties (id),
    manager BOOLEAN NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    phone TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'blocked')),
    birthday TEXT,
    customer_number TEXT UNIQUE,
    created_at BIGINT NOT NULL
);
CREATE INDEX accounts_by_party ON accounts (party_id);

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY NOT NULL,
    account_id TEXT REFERENCES accounts (id),
    party_id TEXT REFERENCES parties (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE api_keys (
    key_hash TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('store', 'channel')),
    account_id TEXT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE areas (
    prefix TEXT PRIMARY KEY NOT NULL,
    name_ko TEXT NOT NULL,
    name_en TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('normal', 'island', 'none'))
);

CREATE TABLE products (
    id TEXT PRIMARY KEY NOT NULL,
    position BIGINT NOT NULL UNIQUE,
    store_id TEXT NOT NULL REFERENCES stores (party_id),
    category TEXT NOT NULL,
    brand TEXT NOT NULL,
    name_ko TEXT NOT NULL,
    name_en TEXT,
    summary_ko TEXT NOT NULL,
    summary_en TEXT,
    description_ko TEXT NOT NULL,
    description_en TEXT,
    drawing TEXT NOT NULL,
    supply TEXT NOT NULL CHECK (supply IN ('stocked', 'to-order', 'pre-order')),
    shipping_fee BIGINT NOT NULL CHECK (shipping_fee >= 0),
    on_sale BOOLEAN NOT NULL,
    search_plain TEXT NOT NULL,
    search_initials TEXT NOT NULL
);
CREATE INDEX products_by_store ON products (store_id, position);
CREATE INDEX products_by_category ON products (category, position);

CREATE TABLE product_specs (
    product_id TEXT NOT NULL REFERENCES products (id),
    position BIGINT NOT NULL,
    label_ko TEXT NOT NULL,
    label_en TEXT,
    value TEXT NOT NULL,
    PRIMARY KEY (product_id, position)
);

CREATE TABLE variants (
    id TEXT PRIMARY KEY NOT NULL,
    product_id TEXT NOT NULL REFERENCES products (id),
    position BIGINT NOT NULL,
    option_ko TEXT NOT NULL,
    option_en TEXT,
    price BIGINT NOT NULL CHECK (price >= 0),
    serial BOOLEAN NOT NULL
);
CREATE INDEX variants_by_product ON variants (product_id, position);

CREATE TABLE extras (
    category TEXT NOT NULL,
    position BIGINT NOT NULL,
    name_ko TEXT NOT NULL,
    name_en TEXT,
    unit_ko TEXT NOT NULL,
    unit_en TEXT,
    price BIGINT NOT NULL CHECK (price >= 0),
    PRIMARY KEY (category, position)
);

-- Personal data of orders: events and states name these rows by id.
CREATE TABLE contacts (
    id TEXT PRIMARY KEY NOT NULL,
    party_id TEXT NOT NULL REFERENCES parties (id),
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    postcode TEXT NOT NULL,
    address TEXT NOT NULL,
    request TEXT,
    kept BOOLEAN NOT NULL,
    used_at BIGINT NOT NULL
);
CREATE INDEX contacts_by_party ON contacts (party_id, used_at);

CREATE TABLE carts (
    party_id TEXT PRIMARY KEY NOT NULL REFERENCES parties (id),
    version BIGINT NOT NULL
);

CREATE TABLE cart_lines (
    party_id TEXT NOT NULL REFERENCES carts (party_id),
    variant_id TEXT NOT NULL REFERENCES variants (id),
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    added_at BIGINT NOT NULL,
    PRIMARY KEY (party_id, variant_id)
);

CREATE TABLE orders (
    id TEXT PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('Sale', 'Purchase', 'Installation', 'Collection', 'Replacement')),
    root_id TEXT NOT NULL REFERENCES orders (id),
    parent_id TEXT REFERENCES orders (id),
    buyer_id TEXT NOT NULL REFERENCES parties (id),
    seller_id TEXT NOT NULL REFERENCES parties (id),
    version BIGINT NOT NULL,
    status TEXT NOT NULL,
    board TEXT NOT NULL,
    waits TEXT NOT NULL,
    total BIGINT NOT NULL,
    units BIGINT NOT NULL,
    holds_unpaid BOOLEAN NOT NULL,
    placed_at BIGINT NOT NULL,
    moved_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    completed_at BIGINT,
    external_id TEXT,
    state TEXT NOT NULL
);
CREATE UNIQUE INDEX orders_by_external ON orders (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX orders_by_buyer ON orders (buyer_id, placed_at, id);
CREATE INDEX orders_by_seller_board ON orders (seller_id, board, placed_at, id);
CREATE INDEX orders_by_status ON orders (status, placed_at, id);
CREATE INDEX orders_unpaid ON orders (buyer_id) WHERE holds_unpaid;

-- (basket, version, seller) is the placement key of the web: the same look at the same basket is the same order.
CREATE TABLE placements (
    party_id TEXT NOT NULL REFERENCES parties (id),
    cart_version BIGINT NOT NULL,
    seller_id TEXT NOT NULL REFERENCES parties (id),
    order_id TEXT NOT NULL REFERENCES orders (id),
    PRIMARY KEY (party_id, cart_version, seller_id)
);

CREATE TABLE payment_attempts (
    id TEXT PRIMARY KEY NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders (id),
    psp_order TEXT NOT NULL UNIQUE,
    method TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    state TEXT NOT NULL CHECK (state IN ('Requested', 'WaitingDeposit', 'Approved', 'Declined', 'TimedOut', 'Voided', 'DepositReversed')),
    payment_key TEXT
);
CREATE UNIQUE INDEX payment_attempts_one_approved ON payment_attempts (order_id) WHERE state = 'Approved';

CREATE TABLE events (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    schema_version BIGINT NOT NULL,
    aggregate_kind TEXT NOT NULL CHECK (aggregate_kind IN ('order', 'cart', 'stock')),
    aggregate_id TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    root_id TEXT,
    actor TEXT NOT NULL,
    account_id TEXT,
    causation TEXT NOT NULL,
    correlation TEXT NOT NULL,
    at BIGINT NOT NULL,
    payload TEXT NOT NULL,
    UNIQUE (aggregate_id, sequence)
);

CREATE TABLE journals (
    id TEXT PRIMARY KEY NOT NULL,
    event_id TEXT NOT NULL REFERENCES events (id),
    at BIGINT NOT NULL
);

CREATE TABLE postings (
    journal_id TEXT NOT NULL REFERENCES journals (id),
    position BIGINT NOT NULL,
    unit TEXT NOT NULL CHECK (unit IN ('stock', 'won')),
    account TEXT NOT NULL,
    owner TEXT NOT NULL,
    subject TEXT NOT NULL,
    order_id TEXT,
    amount BIGINT NOT NULL,
    PRIMARY KEY (journal_id, position)
);
CREATE INDEX postings_by_subject ON postings (subject, owner, account);
CREATE INDEX postings_by_order ON postings (order_id);

CREATE TABLE balances (
    unit TEXT NOT NULL CHECK (unit IN ('stock', 'won')),
    account TEXT NOT NULL,
    owner TEXT NOT NULL,
    subject TEXT NOT NULL,
    amount BIGINT NOT NULL,
    floored BOOLEAN NOT NULL,
    PRIMARY KEY (unit, account, owner, subject),
    CHECK (NOT floored OR amount >= 0)
);
CREATE INDEX balances_by_subject ON balances (subject, account);

CREATE TABLE timers (
    id TEXT PRIMARY KEY NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders (id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    UNIQUE (order_id, kind, subject)
);
CREATE INDEX timers_due ON timers (due_at);

CREATE TABLE sagas (
    id TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('checkout', 'refund', 'fulfilment')),
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
    UNIQUE (kind, subject)
);
CREATE INDEX sagas_due ON sagas (state, due_at);
CREATE INDEX sagas_by_order ON sagas (order_id);

CREATE TABLE notices (
    id TEXT PRIMARY KEY NOT NULL,
    event_id TEXT NOT NULL,
    template TEXT NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('sms', 'push', 'email')),
    party_id TEXT NOT NULL REFERENCES parties (id),
    order_id TEXT NOT NULL REFERENCES orders (id),
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'suppressed', 'failed')),
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    problem TEXT,
    UNIQUE (event_id, template, channel)
);
CREATE INDEX notices_due ON notices (state, due_at);

CREATE TABLE idempotency (
    owner TEXT NOT NULL,
    operation TEXT NOT NULL,
    key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    answer TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (owner, operation, key)
);

CREATE TABLE audit (
    id TEXT PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    role TEXT NOT NULL,
    account_id TEXT,
    command TEXT NOT NULL,
    order_id TEXT,
    note TEXT,
    request TEXT NOT NULL
);
CREATE INDEX audit_by_time ON audit (at);
