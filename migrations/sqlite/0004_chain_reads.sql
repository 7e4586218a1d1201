-- What the chain's console walks along: every order whoever sells it, the audit log by command and by person, the event log by name.
CREATE INDEX orders_by_place ON orders (placed_at, id);
CREATE INDEX orders_by_board ON orders (board, placed_at, id);
CREATE INDEX audit_by_place ON audit (at, id);
CREATE INDEX audit_by_command ON audit (command, at, id);
CREATE INDEX audit_by_account ON audit (account_id, at, id);
CREATE INDEX events_by_name ON events (name, xact, position);
DROP INDEX audit_by_time;
