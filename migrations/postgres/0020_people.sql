-- When somebody last came in; head office's list of people shows it.
ALTER TABLE accounts ADD COLUMN last_sign_in_at BIGINT;
