-- $1: job, $2: now. Ready without an owner, or before its gate.
UPDATE jobforge_jobs AS job
SET hold = CASE WHEN gate_key IS NOT NULL THEN 'limit' END, status_reason = CASE WHEN gate_key IS NULL THEN 'released' ELSE 'limited' END, updated_at = $2
WHERE job.id = $1 AND job.hold = 'paused'
  AND NOT EXISTS (SELECT 1 FROM jobforge_pauses AS pause
    WHERE coalesce(pause.tenant_id, job.tenant_id) = job.tenant_id AND coalesce(pause.template_key, job.template_key) = job.template_key)
