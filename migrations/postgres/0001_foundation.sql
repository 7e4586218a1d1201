-- Ids and codes are TEXT, won and microseconds BIGINT, states are checked by name. The SQLite twin has the same shape.

CREATE TABLE policy_books (
    version BIGINT PRIMARY KEY NOT NULL,
    effective_at BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL
);

CREATE TABLE policy_rows (
    version BIGINT NOT NULL REFERENCES policy_books (version),
    key TEXT COLLATE "C" NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (version, key)
);

CREATE TABLE house_clock (
    id BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
    offset_micros BIGINT NOT NULL CHECK (offset_micros >= 0)
);

CREATE TABLE parties (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('customer', 'guest', 'store', 'installer', 'carrier', 'chain')),
    name_ko TEXT COLLATE "C" NOT NULL,
    name_en TEXT COLLATE "C",
    created_at BIGINT NOT NULL
);

CREATE TABLE stores (
    party_id TEXT COLLATE "C" PRIMARY KEY NOT NULL REFERENCES parties (id),
    slug TEXT COLLATE "C" NOT NULL UNIQUE,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('retailer', 'wholesaler')),
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('applied', 'approved', 'rejected', 'suspended')),
    business_number TEXT COLLATE "C" NOT NULL,
    phone TEXT COLLATE "C" NOT NULL,
    postcode TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    intro_ko TEXT COLLATE "C" NOT NULL,
    intro_en TEXT COLLATE "C"
);

CREATE TABLE warehouses (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    store_id TEXT COLLATE "C" NOT NULL REFERENCES stores (party_id),
    slug TEXT COLLATE "C" NOT NULL UNIQUE,
    name_ko TEXT COLLATE "C" NOT NULL,
    name_en TEXT COLLATE "C",
    postcode TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX warehouses_by_store ON warehouses (store_id);

CREATE TABLE accounts (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('customer', 'retailer', 'wholesaler', 'installer', 'admin')),
    party_id TEXT COLLATE "C" NOT NULL REFERENCES parties (id),
    manager BOOLEAN NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    email TEXT COLLATE "C" NOT NULL UNIQUE,
    phone TEXT COLLATE "C" NOT NULL,
    password_hash TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('active', 'blocked')),
    birthday TEXT COLLATE "C",
    customer_number TEXT COLLATE "C" UNIQUE,
    created_at BIGINT NOT NULL
);
CREATE INDEX accounts_by_party ON accounts (party_id);

CREATE TABLE sessions (
    token_hash TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    account_id TEXT COLLATE "C" REFERENCES accounts (id),
    party_id TEXT COLLATE "C" REFERENCES parties (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE api_keys (
    key_hash TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('store', 'channel')),
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    name TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE areas (
    prefix TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    name_ko TEXT COLLATE "C" NOT NULL,
    name_en TEXT COLLATE "C",
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('normal', 'island', 'none'))
);

CREATE TABLE products (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    position BIGINT NOT NULL UNIQUE,
    store_id TEXT COLLATE "C" NOT NULL REFERENCES stores (party_id),
    category TEXT COLLATE "C" NOT NULL,
    brand TEXT COLLATE "C" NOT NULL,
    name_ko TEXT COLLATE "C" NOT NULL,
    name_en TEXT COLLATE "C",
    summary_ko TEXT COLLATE "C" NOT NULL,
    summary_en TEXT COLLATE "C",
    description_ko TEXT COLLATE "C" NOT NULL,
    description_en TEXT COLLATE "C",
    drawing TEXT COLLATE "C" NOT NULL,
    supply TEXT COLLATE "C" NOT NULL CHECK (supply IN ('stocked', 'to-order', 'pre-order')),
    shipping_fee BIGINT NOT NULL CHECK (shipping_fee >= 0),
    on_sale BOOLEAN NOT NULL,
    search_plain TEXT COLLATE "C" NOT NULL,
    search_initials TEXT COLLATE "C" NOT NULL
);
CREATE INDEX products_by_store ON products (store_id, position);
CREATE INDEX products_by_category ON products (category, position);

CREATE TABLE product_specs (
    product_id TEXT COLLATE "C" NOT NULL REFERENCES products (id),
    position BIGINT NOT NULL,
    label_ko TEXT COLLATE "C" NOT NULL,
    label_en TEXT COLLATE "C",
    value TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (product_id, position)
);

CREATE TABLE variants (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    product_id TEXT COLLATE "C" NOT NULL REFERENCES products (id),
    position BIGINT NOT NULL,
    option_ko TEXT COLLATE "C" NOT NULL,
    option_en TEXT COLLATE "C",
    price BIGINT NOT NULL CHECK (price >= 0),
    serial BOOLEAN NOT NULL
);
CREATE INDEX variants_by_product ON variants (product_id, position);

CREATE TABLE extras (
    category TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    name_ko TEXT COLLATE "C" NOT NULL,
    name_en TEXT COLLATE "C",
    unit_ko TEXT COLLATE "C" NOT NULL,
    unit_en TEXT COLLATE "C",
    price BIGINT NOT NULL CHECK (price >= 0),
    PRIMARY KEY (category, position)
);

-- Personal data of orders: events and states name these rows by id.
CREATE TABLE contacts (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    party_id TEXT COLLATE "C" NOT NULL REFERENCES parties (id),
    name TEXT COLLATE "C" NOT NULL,
    phone TEXT COLLATE "C" NOT NULL,
    postcode TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    request TEXT COLLATE "C",
    kept BOOLEAN NOT NULL,
    used_at BIGINT NOT NULL
);
CREATE INDEX contacts_by_party ON contacts (party_id, used_at);

CREATE TABLE carts (
    party_id TEXT COLLATE "C" PRIMARY KEY NOT NULL REFERENCES parties (id),
    version BIGINT NOT NULL
);

CREATE TABLE cart_lines (
    party_id TEXT COLLATE "C" NOT NULL REFERENCES carts (party_id),
    variant_id TEXT COLLATE "C" NOT NULL REFERENCES variants (id),
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    added_at BIGINT NOT NULL,
    PRIMARY KEY (party_id, variant_id)
);

CREATE TABLE orders (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    number TEXT COLLATE "C" NOT NULL UNIQUE,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('Sale', 'Purchase', 'Installation', 'Collection', 'Replacement')),
    root_id TEXT COLLATE "C" NOT NULL REFERENCES orders (id),
    parent_id TEXT COLLATE "C" REFERENCES orders (id),
    buyer_id TEXT COLLATE "C" NOT NULL REFERENCES parties (id),
    seller_id TEXT COLLATE "C" NOT NULL REFERENCES parties (id),
    version BIGINT NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    board TEXT COLLATE "C" NOT NULL,
    waits TEXT COLLATE "C" NOT NULL,
    total BIGINT NOT NULL,
    units BIGINT NOT NULL,
    holds_unpaid BOOLEAN NOT NULL,
    placed_at BIGINT NOT NULL,
    moved_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    completed_at BIGINT,
    external_id TEXT COLLATE "C",
    state TEXT COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX orders_by_external ON orders (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX orders_by_buyer ON orders (buyer_id, placed_at, id);
CREATE INDEX orders_by_seller_board ON orders (seller_id, board, placed_at, id);
CREATE INDEX orders_by_status ON orders (status, placed_at, id);
CREATE INDEX orders_unpaid ON orders (buyer_id) WHERE holds_unpaid;

-- (basket, version, seller) is the placement key of the web: the same look at the same basket is the same order.
CREATE TABLE placements (
    party_id TEXT COLLATE "C" NOT NULL REFERENCES parties (id),
    cart_version BIGINT NOT NULL,
    seller_id TEXT COLLATE "C" NOT NULL REFERENCES parties (id),
    order_id TEXT COLLATE "C" NOT NULL REFERENCES orders (id),
    PRIMARY KEY (party_id, cart_version, seller_id)
);

CREATE TABLE payment_attempts (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    order_id TEXT COLLATE "C" NOT NULL REFERENCES orders (id),
    psp_order TEXT COLLATE "C" NOT NULL UNIQUE,
    method TEXT COLLATE "C" NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('Requested', 'WaitingDeposit', 'Approved', 'Declined', 'TimedOut', 'Voided', 'DepositReversed')),
    payment_key TEXT COLLATE "C"
);
CREATE UNIQUE INDEX payment_attempts_one_approved ON payment_attempts (order_id) WHERE state = 'Approved';

CREATE TABLE events (
    position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    schema_version BIGINT NOT NULL,
    aggregate_kind TEXT COLLATE "C" NOT NULL CHECK (aggregate_kind IN ('order', 'cart', 'stock')),
    aggregate_id TEXT COLLATE "C" NOT NULL,
    sequence BIGINT NOT NULL,
    root_id TEXT COLLATE "C",
    actor TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C",
    causation TEXT COLLATE "C" NOT NULL,
    correlation TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    payload TEXT COLLATE "C" NOT NULL,
    UNIQUE (aggregate_id, sequence)
);

CREATE TABLE journals (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    event_id TEXT COLLATE "C" NOT NULL REFERENCES events (id),
    at BIGINT NOT NULL
);

CREATE TABLE postings (
    journal_id TEXT COLLATE "C" NOT NULL REFERENCES journals (id),
    position BIGINT NOT NULL,
    unit TEXT COLLATE "C" NOT NULL CHECK (unit IN ('stock', 'won')),
    account TEXT COLLATE "C" NOT NULL,
    owner TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    order_id TEXT COLLATE "C",
    amount BIGINT NOT NULL,
    PRIMARY KEY (journal_id, position)
);
CREATE INDEX postings_by_subject ON postings (subject, owner, account);
CREATE INDEX postings_by_order ON postings (order_id);

CREATE TABLE balances (
    unit TEXT COLLATE "C" NOT NULL CHECK (unit IN ('stock', 'won')),
    account TEXT COLLATE "C" NOT NULL,
    owner TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    amount BIGINT NOT NULL,
    floored BOOLEAN NOT NULL,
    PRIMARY KEY (unit, account, owner, subject),
    CHECK (NOT floored OR amount >= 0)
);
CREATE INDEX balances_by_subject ON balances (subject, account);

CREATE TABLE timers (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    order_id TEXT COLLATE "C" NOT NULL REFERENCES orders (id),
    kind TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    due_at BIGINT NOT NULL,
    UNIQUE (order_id, kind, subject)
);
CREATE INDEX timers_due ON timers (due_at);

CREATE TABLE sagas (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('checkout', 'refund', 'fulfilment')),
    subject TEXT COLLATE "C" NOT NULL,
    order_id TEXT COLLATE "C" NOT NULL REFERENCES orders (id),
    step TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'parked', 'done')),
    generation BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    looks BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    problem TEXT COLLATE "C",
    memo TEXT COLLATE "C",
    started_at BIGINT NOT NULL,
    UNIQUE (kind, subject)
);
CREATE INDEX sagas_due ON sagas (state, due_at);
CREATE INDEX sagas_by_order ON sagas (order_id);

CREATE TABLE notices (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    event_id TEXT COLLATE "C" NOT NULL,
    template TEXT COLLATE "C" NOT NULL,
    channel TEXT COLLATE "C" NOT NULL CHECK (channel IN ('sms', 'push', 'email')),
    party_id TEXT COLLATE "C" NOT NULL REFERENCES parties (id),
    order_id TEXT COLLATE "C" NOT NULL REFERENCES orders (id),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('queued', 'sent', 'suppressed', 'failed')),
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    problem TEXT COLLATE "C",
    UNIQUE (event_id, template, channel)
);
CREATE INDEX notices_due ON notices (state, due_at);

CREATE TABLE idempotency (
    owner TEXT COLLATE "C" NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    body_hash TEXT COLLATE "C" NOT NULL,
    answer TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (owner, operation, key)
);

CREATE TABLE audit (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C",
    command TEXT COLLATE "C" NOT NULL,
    order_id TEXT COLLATE "C",
    note TEXT COLLATE "C",
    request TEXT COLLATE "C" NOT NULL
);
CREATE INDEX audit_by_time ON audit (at);
