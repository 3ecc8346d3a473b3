-- $1, $2: behind this id, up to that one; $3: due before, while a process has nothing to do.
SELECT job.tenant_id, job.id::text, 'waits for a time that is over (' || coalesce(job.status_reason, 'no reason') || ')'
FROM jobforge_jobs AS job
WHERE job.id > $1 AND job.id <= $2 AND job.wait_until < $3
  AND EXISTS (SELECT 1 FROM jobforge_epochs AS epoch WHERE epoch.state = 'open' AND epoch.hungry AND epoch.expires_at >= $3)
