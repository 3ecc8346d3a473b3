-- ?1, ?2: behind this id, up to that one; ?3: unchanged since. A process that says it has nothing to do does not know of it.
SELECT job.tenant_id, job.id, 'ready, owned by epoch ' || job.owner_epoch || ', whose holder has nothing to do'
FROM jobforge_jobs AS job
WHERE job.id > ?1 AND job.id <= ?2 AND job.status = 'queued' AND job.owner_epoch IS NOT NULL AND job.updated_at < ?3
  AND (SELECT holding.hungry AND holding.state = 'open' AND holding.expires_at >= ?3
    FROM jobforge_epochs AS own JOIN jobforge_epochs AS holding ON holding.id = own.holder WHERE own.id = job.owner_epoch)
