SELECT sequence, attempt, at, level, message FROM jobforge_run_logs WHERE job_id = $1 AND sequence > $2 AND tenant_id = $3 ORDER BY sequence LIMIT $4
