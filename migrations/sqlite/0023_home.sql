-- Says that this database is the one that is worked in. Backups are taken without the row: what is restored from one tells nobody
-- outside anything until somebody says that it is the one now (`jumun adopt`).
CREATE TABLE home (since BIGINT NOT NULL);
INSERT INTO home (since) VALUES (0);
