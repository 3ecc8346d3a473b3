-- $1-$5: the fence (id, status, owner, attempt, holder). $6: the time.
UPDATE jobforge_jobs
SET status = 'running', status_reason = 'started', attempts = attempts + 1, started_at = $6, updated_at = $6, expires_at = deadline_at, write_start_first = false
WHERE id = $1 AND status = $2 AND owner_epoch IS NOT DISTINCT FROM $3::bigint AND attempts = $4
  AND (SELECT jobforge_hold($3::bigint, $5::bigint))
  AND status = 'queued' AND owner_epoch IS NOT NULL
