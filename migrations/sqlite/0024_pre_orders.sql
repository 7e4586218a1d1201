-- What is sold before it is there: how many, and the day it is promised to leave by. The ledger keeps the units of a cap under this
-- warehouse; the goods may come to any.
CREATE TABLE pre_orders (
    variant_id TEXT PRIMARY KEY NOT NULL REFERENCES variants (id),
    warehouse_id TEXT NOT NULL REFERENCES warehouses (id),
    cap BIGINT NOT NULL CHECK (cap >= 0),
    ship_by TEXT NOT NULL
);

-- One queue for goods that are owed: what turned out to be missing, and what was promised before it was there.
ALTER TABLE shortages ADD COLUMN kind TEXT NOT NULL DEFAULT 'missing' CHECK (kind IN ('missing', 'promised'));
