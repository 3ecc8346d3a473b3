-- ?1: behind this hash, ?2: rows. Idempotency keys of jobs, and whose they are.
SELECT NULL, hash, job_id FROM jobforge_idempotency_keys WHERE hash > ?1 ORDER BY hash LIMIT ?2
