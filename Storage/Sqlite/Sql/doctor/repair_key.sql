-- ?1: hash, ?2: job. Only while the key still leads to that job.
DELETE FROM jobforge_idempotency_keys WHERE hash = ?1 AND job_id = ?2
