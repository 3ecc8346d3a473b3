SELECT wait_until FROM jobforge_jobs WHERE wait_until IS NOT NULL ORDER BY wait_until LIMIT 1
