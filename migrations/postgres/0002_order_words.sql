-- What an order is looked for by: its number, its products' names and their first consonants, lower case and without blanks.
-- Orders from before get their number only: SQL cannot take Korean apart.
ALTER TABLE orders ADD COLUMN words TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE orders SET words = LOWER(number);

-- The channel an order came through. A channel's number is kept as `{channel's account}:{number}`.
ALTER TABLE orders ADD COLUMN channel_id TEXT COLLATE "C" REFERENCES accounts (id);
UPDATE orders SET channel_id = SUBSTR(external_id, 1, 36) WHERE external_id IS NOT NULL;

CREATE INDEX orders_by_channel ON orders (channel_id, placed_at, id) WHERE channel_id IS NOT NULL;
CREATE INDEX orders_by_seller ON orders (seller_id, placed_at, id);
CREATE INDEX orders_by_root ON orders (root_id);

-- A key is shown once; afterwards its last four characters tell which one it is.
ALTER TABLE api_keys ADD COLUMN last_four TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN revoked_at BIGINT;
