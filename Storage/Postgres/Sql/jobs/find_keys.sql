-- $1: hashes. Whose the keys are.
SELECT hash, job_id, inputs_hash FROM jobforge_idempotency_keys WHERE hash = ANY ($1::uuid[])
