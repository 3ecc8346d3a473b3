-- The oldest day before $2 that the table $1 has a partition of.
SELECT to_date(min(right(relname, 8)), 'YYYYMMDD') FROM pg_inherits JOIN pg_class ON oid = inhrelid
WHERE inhparent = to_regclass($1) AND relname ~ '_[0-9]{8}$' AND right(relname, 8) < to_char($2::date, 'YYYYMMDD')
