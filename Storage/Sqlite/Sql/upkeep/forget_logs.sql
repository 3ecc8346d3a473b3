DELETE FROM jobforge_run_logs WHERE job_id = :job_id
