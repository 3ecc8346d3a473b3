SELECT count(*) FROM (
  SELECT 1 FROM jobforge_jobs INDEXED BY jobforge_jobs_children WHERE parent_run_id = :parent LIMIT :at_most)
