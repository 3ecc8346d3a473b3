SELECT min(wait_until) FROM jobforge_jobs INDEXED BY jobforge_jobs_waiting WHERE wait_until IS NOT NULL
