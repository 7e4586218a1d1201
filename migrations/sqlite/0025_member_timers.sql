-- no-transaction
-- What comes for a member on a day of its own: points that lapse, a tier that falls. And notices that are about no order. SQLite lets
-- a column be empty only with a new table; foreign keys are off meanwhile, which works outside of a transaction alone.
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TABLE member_timers (
    party_id TEXT NOT NULL REFERENCES parties (id),
    kind TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (party_id, kind)
);
CREATE INDEX member_timers_due ON member_timers (due_at);
-- Who has points or a month already is looked at once, and from then on when it is time.
INSERT INTO member_timers (party_id, kind, due_at) SELECT owner, 'points-lapse', 0 FROM balances WHERE account = 'points_spendable' AND amount > 0;
INSERT INTO member_timers (party_id, kind, due_at) SELECT owner, 'points-warning', 0 FROM balances WHERE account = 'points_spendable' AND amount > 0;
INSERT INTO member_timers (party_id, kind, due_at) SELECT DISTINCT party_id, 'month-end', 0 FROM member_months;

CREATE TABLE notices_all (
    id TEXT PRIMARY KEY NOT NULL,
    event_id TEXT NOT NULL,
    template TEXT NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('sms', 'push', 'email')),
    party_id TEXT NOT NULL REFERENCES parties (id),
    order_id TEXT REFERENCES orders (id),
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'suppressed', 'failed')),
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    problem TEXT,
    detail TEXT,
    UNIQUE (event_id, template, channel)
);
INSERT INTO notices_all SELECT id, event_id, template, channel, party_id, order_id, state, attempts, due_at, leased_until, problem, NULL FROM notices;
DROP TABLE notices;
ALTER TABLE notices_all RENAME TO notices;
CREATE INDEX notices_due ON notices (state, due_at);

INSERT INTO policy_rows (version, key, value) SELECT version, 'points.warn_before', 30 FROM policy_books;
INSERT INTO policy_rows (version, key, value) SELECT version, 'points.restore_grace', 604800 FROM policy_books;
COMMIT;
PRAGMA foreign_keys = ON;
