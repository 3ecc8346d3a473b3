-- $1, $2: behind this id, up to that one; $3: unchanged since.
SELECT job.tenant_id, job.id::text, 'parked as paused; ' || job.template_key || ' is not paused for its tenant'
FROM jobforge_jobs AS job
WHERE job.id > $1 AND job.id <= $2 AND job.hold = 'paused' AND job.updated_at < $3
  AND NOT EXISTS (SELECT 1 FROM jobforge_pauses AS pause
    WHERE coalesce(pause.tenant_id, job.tenant_id) = job.tenant_id AND coalesce(pause.template_key, job.template_key) = job.template_key)
