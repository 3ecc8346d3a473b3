-- Only while the key still leads to that job.
DELETE FROM jobforge_idempotency_keys WHERE hash = :hash AND job_id = :job_id
