-- Who is told what happens, and where. An endpoint belongs to a store (a party) or to a channel (its account) and hears what the
-- chair may see that this owner has at an order. Who sends holds the lease: one message at a time goes to an endpoint.
CREATE TABLE webhook_endpoints (
    id TEXT PRIMARY KEY NOT NULL,
    owner_kind TEXT NOT NULL CHECK (owner_kind IN ('store', 'channel')),
    owner_id TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    description TEXT NOT NULL,
    disabled TEXT CHECK (disabled IN ('owner', 'gone', 'failing')),
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    failing_since BIGINT,
    leased_until BIGINT NOT NULL,
    CHECK ((disabled IS NULL) = (disabled_at IS NULL))
);
CREATE INDEX webhook_endpoints_by_owner ON webhook_endpoints (owner_id, created_at, id);

-- Signing needs the secret itself, so it is kept as it is. Several are good at a time while one replaces another.
CREATE TABLE webhook_secrets (
    id TEXT PRIMARY KEY NOT NULL,
    endpoint_id TEXT NOT NULL REFERENCES webhook_endpoints (id),
    secret TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    valid_until BIGINT
);
CREATE INDEX webhook_secrets_by_endpoint ON webhook_secrets (endpoint_id, created_at);

-- One event on its way to one endpoint. The id is the message's, the same at every try.
CREATE TABLE webhook_deliveries (
    id TEXT PRIMARY KEY NOT NULL,
    endpoint_id TEXT NOT NULL REFERENCES webhook_endpoints (id),
    owner_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    event TEXT NOT NULL,
    order_id TEXT REFERENCES orders (id),
    position BIGINT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead')),
    tries BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    ended_at BIGINT,
    UNIQUE (endpoint_id, event_id)
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, due_at, position) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX webhook_deliveries_dead ON webhook_deliveries (created_at, id) WHERE state = 'dead';
CREATE INDEX webhook_deliveries_by_owner ON webhook_deliveries (owner_id, created_at, id);
CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (endpoint_id, created_at, id);

-- What came of each try.
CREATE TABLE webhook_attempts (
    delivery_id TEXT NOT NULL REFERENCES webhook_deliveries (id),
    nth BIGINT NOT NULL,
    at BIGINT NOT NULL,
    took_micros BIGINT NOT NULL,
    status BIGINT,
    problem TEXT,
    excerpt TEXT NOT NULL,
    PRIMARY KEY (delivery_id, nth)
);

-- How far each durable reader of the log has come. Nobody was to be told of what came before.
CREATE TABLE log_readers (
    name TEXT PRIMARY KEY NOT NULL,
    xact BIGINT NOT NULL,
    position BIGINT NOT NULL,
    moved_at BIGINT NOT NULL
);
INSERT INTO log_readers (name, xact, position, moved_at) SELECT 'webhooks', 0, COALESCE(MAX(position), 0), 0 FROM events;

-- A key has a name of its own beside its hash, what it may be used for, and when it last was. Keys from before may do what they could.
ALTER TABLE api_keys ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN scopes TEXT NOT NULL DEFAULT 'orders:read orders:write webhooks:manage';
ALTER TABLE api_keys ADD COLUMN last_used_at BIGINT;
UPDATE api_keys SET id = SUBSTR(key_hash, 1, 32);
CREATE UNIQUE INDEX api_keys_by_id ON api_keys (id);
CREATE INDEX api_keys_by_account ON api_keys (account_id, created_at);
