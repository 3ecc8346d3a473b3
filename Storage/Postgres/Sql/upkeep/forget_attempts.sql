DELETE FROM jobforge_job_attempts WHERE job_id = ANY ($1::uuid[])
