-- Goodwill that waits for a second person, for head office's queue: written with its order, and made anew from it.
CREATE TABLE goodwills (
    order_id TEXT PRIMARY KEY NOT NULL REFERENCES orders (id),
    proposed_at BIGINT NOT NULL
);
CREATE INDEX goodwills_by_age ON goodwills (proposed_at, order_id);
