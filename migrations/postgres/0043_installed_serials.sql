-- What hangs where: a unit is known by its maker's number, and hangs in one place at a time.
CREATE TABLE installed_serials (
    order_id TEXT NOT NULL REFERENCES orders (id),
    variant_id TEXT NOT NULL REFERENCES variants (id),
    serial TEXT NOT NULL,
    live BOOLEAN NOT NULL,
    PRIMARY KEY (order_id, variant_id, serial)
);
CREATE UNIQUE INDEX one_place_for_a_unit ON installed_serials (variant_id, serial) WHERE live;
