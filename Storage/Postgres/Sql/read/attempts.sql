SELECT job_id, number, worker, started_at, finished_at, outcome, error FROM jobforge_job_attempts WHERE job_id = $1 AND tenant_id = $2 ORDER BY seq
