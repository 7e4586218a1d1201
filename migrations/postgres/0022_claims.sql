-- An order with goods or money on their way back stands on 반품진행 too, besides its own board.
ALTER TABLE orders ADD COLUMN claimed BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE orders SET claimed = TRUE WHERE board = 'returns';
CREATE INDEX orders_claimed ON orders (seller_id, placed_at, id) WHERE claimed;
