-- Only while the key still leads to that job.
DELETE FROM jobforge_idempotency_keys AS key USING unnest($1::uuid[], $2::uuid[]) AS gone (hash, job_id) WHERE key.hash = gone.hash AND key.job_id = gone.job_id
