-- Which unit is for which order: a store sends a unit that it knows by its maker's number to one of its orders at a time.
CREATE TABLE named_units (
    owner_id TEXT NOT NULL REFERENCES parties (id),
    variant_id TEXT NOT NULL REFERENCES variants (id),
    serial TEXT NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders (id),
    PRIMARY KEY (owner_id, variant_id, serial)
);
CREATE INDEX named_units_of_order ON named_units (order_id);
