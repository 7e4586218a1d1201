-- Events are told about more kinds of things than orders, baskets and stock: the list of kinds lives in the code.
ALTER TABLE events DROP CONSTRAINT events_aggregate_kind_check;
