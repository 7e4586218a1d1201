-- What comes for a member on a day of its own: points that lapse, a tier that falls. And notices that are about no order.
CREATE TABLE member_timers (
    party_id TEXT COLLATE "C" NOT NULL REFERENCES parties (id),
    kind TEXT COLLATE "C" NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (party_id, kind)
);
CREATE INDEX member_timers_due ON member_timers (due_at);
-- Who has points or a month already is looked at once, and from then on when it is time.
INSERT INTO member_timers (party_id, kind, due_at) SELECT owner, 'points-lapse', 0 FROM balances WHERE account = 'points_spendable' AND amount > 0;
INSERT INTO member_timers (party_id, kind, due_at) SELECT owner, 'points-warning', 0 FROM balances WHERE account = 'points_spendable' AND amount > 0;
INSERT INTO member_timers (party_id, kind, due_at) SELECT DISTINCT party_id, 'month-end', 0 FROM member_months;

ALTER TABLE notices ALTER COLUMN order_id DROP NOT NULL;
ALTER TABLE notices ADD COLUMN detail TEXT COLLATE "C";

INSERT INTO policy_rows (version, key, value) SELECT version, 'points.warn_before', 30 FROM policy_books;
INSERT INTO policy_rows (version, key, value) SELECT version, 'points.restore_grace', 604800 FROM policy_books;
