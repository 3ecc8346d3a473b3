-- $1, $2: behind this id, up to that one; $3: lapsed before.
SELECT job.tenant_id, job.id::text, 'queued past its expiry'
FROM jobforge_jobs AS job
WHERE job.id > $1 AND job.id <= $2 AND job.status = 'queued' AND job.expires_at < $3
