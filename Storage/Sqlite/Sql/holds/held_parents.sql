SELECT id FROM jobforge_jobs INDEXED BY jobforge_jobs_parents WHERE hold = 'children' AND id > :after ORDER BY id LIMIT :look
