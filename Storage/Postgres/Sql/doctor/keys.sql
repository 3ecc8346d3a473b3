-- $1: behind this hash, $2: rows. Idempotency keys of jobs, and whose they are.
SELECT NULL::text, hash::text, job_id::text FROM jobforge_idempotency_keys AS own WHERE own.hash > $1 ORDER BY own.hash LIMIT $2
