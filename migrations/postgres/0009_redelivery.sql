INSERT INTO policy_rows (version, key, value) SELECT version, 'delivery.redeliver_within', 7 FROM policy_books;
