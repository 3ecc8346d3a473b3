-- $1: epochs in ascending order. Waits for the transactions that write under them, and keeps others from beginning to until this one ends.
SELECT pg_advisory_xact_lock(jobforge_epoch_lock(epoch)) FROM unnest($1::bigint[]) AS epoch
