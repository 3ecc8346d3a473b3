DELETE FROM jobforge_run_logs WHERE job_id = ANY ($1::uuid[])
