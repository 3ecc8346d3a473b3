DELETE FROM jobforge_job_attempts WHERE job_id = :job_id
