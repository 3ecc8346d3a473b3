-- ?1, ?2: behind this id, up to that one; ?3: asked for before.
SELECT job.tenant_id, job.id, job.status || ' although a cancel was asked for'
FROM jobforge_jobs AS job
WHERE job.id > ?1 AND job.id <= ?2 AND job.cancel_requested_at < ?3
