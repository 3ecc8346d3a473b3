SELECT sequence, attempt, at, level, message FROM jobforge_run_logs
WHERE job_id = :job_id AND sequence > :after AND tenant_id = :tenant_id ORDER BY sequence LIMIT :limit
