-- An order with an exchange stands on 교환진행 too, besides its own board.
ALTER TABLE orders ADD COLUMN exchanging BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX orders_exchanging ON orders (seller_id, placed_at, id) WHERE exchanging;
