SELECT job_id, number, worker, started_at, finished_at, outcome, error
FROM jobforge_job_attempts INDEXED BY jobforge_job_attempts_job
WHERE job_id = :job_id AND tenant_id = :tenant_id ORDER BY seq
