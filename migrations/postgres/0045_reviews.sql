-- What buyers say of goods, for the products' pages: written with their order.
CREATE TABLE reviews (
    line_id TEXT COLLATE "C" PRIMARY KEY,
    order_id TEXT COLLATE "C" NOT NULL REFERENCES orders (id),
    product_id TEXT COLLATE "C" NOT NULL REFERENCES products (id),
    seller_id TEXT COLLATE "C" NOT NULL REFERENCES parties (id),
    option_ko TEXT NOT NULL,
    option_en TEXT,
    stars BIGINT NOT NULL CHECK (stars BETWEEN 1 AND 5),
    text_id TEXT COLLATE "C" NOT NULL,
    answer_id TEXT COLLATE "C",
    pictured BOOLEAN NOT NULL,
    standing TEXT COLLATE "C" NOT NULL CHECK (standing IN ('shown', 'returned', 'hidden')),
    written_at BIGINT NOT NULL,
    changed_at BIGINT
);
CREATE INDEX reviews_of_product ON reviews (product_id, standing, written_at, line_id);
CREATE INDEX reviews_by_stars ON reviews (product_id, standing, stars);
CREATE INDEX reviews_of_seller ON reviews (seller_id, written_at, line_id);
CREATE INDEX reviews_of_order ON reviews (order_id);

-- The words of buyers and sellers, beside the events, which name them. They are added to and never changed.
CREATE TABLE review_texts (
    id TEXT COLLATE "C" PRIMARY KEY,
    order_id TEXT COLLATE "C" NOT NULL REFERENCES orders (id),
    text TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX review_texts_of_order ON review_texts (order_id);

-- The photos that a review shows now.
CREATE TABLE review_photos (
    line_id TEXT COLLATE "C" NOT NULL REFERENCES reviews (line_id),
    nth BIGINT NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (line_id, nth)
);
CREATE INDEX review_photos_by_hash ON review_photos (hash);

-- A review has photos too.
ALTER TABLE photos DROP CONSTRAINT photos_kind_check;
ALTER TABLE photos ADD CONSTRAINT photos_kind_check CHECK (kind IN ('extra', 'work', 'signature', 'claim', 'review'));

INSERT INTO policy_rows (version, key, value) SELECT version, 'review.write_within', 7776000 FROM policy_books;
INSERT INTO policy_rows (version, key, value) SELECT version, 'review.edit_within', 2592000 FROM policy_books;
