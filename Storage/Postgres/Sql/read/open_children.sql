SELECT count(*)::integer FROM (SELECT FROM jobforge_jobs WHERE parent_run_id = $1 LIMIT $2) AS open
