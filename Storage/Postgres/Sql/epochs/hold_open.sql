-- $1: epochs. Keeps them from being ended until the end of the transaction.
SELECT jobforge_hold_open(epoch) FROM unnest($1::bigint[]) AS epoch
