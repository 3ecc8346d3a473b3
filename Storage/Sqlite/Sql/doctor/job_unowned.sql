-- ?1, ?2: behind this id, up to that one; ?3: unchanged since. While a process has nothing to do.
SELECT job.tenant_id, job.id, 'ready, owned by nobody'
FROM jobforge_jobs AS job
WHERE job.id > ?1 AND job.id <= ?2 AND job.status = 'queued' AND job.owner_epoch IS NULL AND job.wait_until IS NULL AND job.hold IS NULL
  AND job.updated_at < ?3
  AND EXISTS (SELECT 1 FROM jobforge_epochs AS epoch WHERE epoch.state = 'open' AND epoch.hungry AND epoch.expires_at >= ?3)
