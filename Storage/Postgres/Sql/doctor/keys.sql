-- $1: behind this hash, $2: rows. Idempotency keys of jobs, and whose they are.
SELECT NULL::text, hash::text, job_id::text FROM jobforge_idempotency_keys WHERE hash > $1 ORDER BY hash LIMIT $2
