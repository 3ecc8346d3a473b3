-- ?1, ?2: behind this id, up to that one; ?3: unchanged since.
SELECT job.tenant_id, job.id, 'waits for children, none of which is open'
FROM jobforge_jobs AS job
WHERE job.id > ?1 AND job.id <= ?2 AND job.hold = 'children' AND job.updated_at < ?3
  AND (SELECT child.id FROM jobforge_jobs AS child WHERE child.parent_run_id = job.id LIMIT 1) IS NULL
