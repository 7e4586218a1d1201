-- What a buyer pays for a visit in vain that is his doing or the place's, by what kind of goods was to be put up.
ALTER TABLE installation_prices ADD COLUMN call_out BIGINT NOT NULL DEFAULT 0 CHECK (call_out >= 0);
