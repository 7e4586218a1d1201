-- A change of a paid order can have to be paid too: at most one approved attempt for each amount that is due.
ALTER TABLE payment_attempts ADD COLUMN due TEXT NOT NULL DEFAULT 'order';
DROP INDEX payment_attempts_one_approved;
CREATE UNIQUE INDEX payment_attempts_one_approved ON payment_attempts (order_id, due) WHERE state = 'Approved';
