-- $1-$5: the fence (id, status, owner, attempt, holder). $6: run_at, $7: wait_until, $8: the time. $9: tell other processes. $10: expires_at, $11: deadline_at.
WITH changed AS (
  UPDATE jobforge_jobs
  SET run_at = $6, wait_until = $7, expires_at = $10, deadline_at = $11, owner_epoch = NULL,
    hold = CASE WHEN $7::timestamptz IS NULL AND gate_key IS NOT NULL THEN 'limit' END, status_reason = 'rescheduled', updated_at = $8
  WHERE id = $1 AND status = $2 AND owner_epoch IS NOT DISTINCT FROM $3::bigint AND attempts = $4
    AND (SELECT jobforge_hold($3::bigint, $5::bigint))
    AND status = 'queued'
  RETURNING id
)
SELECT CASE WHEN $9::boolean THEN pg_notify('jobforge', 'job:' || id)::text END FROM changed
