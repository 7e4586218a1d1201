-- Who puts goods up: where he lives, how much he takes on, and what he gets for having come in vain.
CREATE TABLE installers (
    party_id TEXT PRIMARY KEY NOT NULL REFERENCES parties (id),
    phone TEXT NOT NULL,
    postcode TEXT NOT NULL,
    jobs_per_day BIGINT NOT NULL CHECK (jobs_per_day > 0),
    call_out BIGINT NOT NULL CHECK (call_out >= 0)
);

-- What he puts up, and for how much a unit.
CREATE TABLE installer_skills (
    installer_id TEXT NOT NULL REFERENCES installers (party_id),
    category TEXT NOT NULL,
    fee BIGINT NOT NULL CHECK (fee >= 0),
    PRIMARY KEY (installer_id, category)
);

-- Where he works: the first digits of postcodes.
CREATE TABLE installer_areas (
    installer_id TEXT NOT NULL REFERENCES installers (party_id),
    prefix TEXT NOT NULL,
    PRIMARY KEY (installer_id, prefix)
);

-- Days on which he does not.
CREATE TABLE installer_days_off (
    installer_id TEXT NOT NULL REFERENCES installers (party_id),
    day TEXT NOT NULL,
    PRIMARY KEY (installer_id, day)
);

-- His calendar: one row for each installation order, moved with it.
CREATE TABLE visits (
    order_id TEXT PRIMARY KEY NOT NULL REFERENCES orders (id),
    installer_id TEXT NOT NULL REFERENCES installers (party_id),
    live BOOLEAN NOT NULL,
    postcode TEXT NOT NULL,
    visit_on TEXT,
    half TEXT CHECK (half IN ('morning', 'afternoon'))
);
CREATE INDEX visits_by_day ON visits (installer_id, visit_on);

-- Who signed for what was put up.
CREATE TABLE signatures (
    order_id TEXT PRIMARY KEY NOT NULL REFERENCES orders (id),
    signed_by TEXT NOT NULL,
    signed_at BIGINT NOT NULL
);

-- What buyers pay to have one unit put up, by what kind of goods it is; nothing can be put up that has no row.
CREATE TABLE installation_prices (
    category TEXT PRIMARY KEY NOT NULL,
    name_ko TEXT NOT NULL,
    name_en TEXT,
    price BIGINT NOT NULL CHECK (price >= 0)
);

-- The buyer wants the units put up.
ALTER TABLE cart_lines ADD COLUMN installed BOOLEAN NOT NULL DEFAULT FALSE;

INSERT INTO policy_rows (version, key, value) SELECT version, 'installation.visit_within', 60 FROM policy_books;
