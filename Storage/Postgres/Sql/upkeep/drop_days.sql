-- $1 table, $2 day that nothing older than is kept of, $3 rows of the default partition at most.
SELECT partitions, rows FROM jobforge_drop_partitions($1, $2, $3)
