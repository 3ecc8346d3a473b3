-- $1: hashes. A refused token takes the key's claim back, in the same transaction.
DELETE FROM jobforge_idempotency_keys WHERE hash = ANY ($1::uuid[])
