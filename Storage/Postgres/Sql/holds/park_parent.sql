-- $1-$5: the fence (id, status, owner, attempt, holder). $6: attempts that count, $7: the handler's state, $8: the time. $9-$14: the attempt's number, worker,
-- start, end, outcome and error.
WITH parked AS (
  UPDATE jobforge_jobs
  SET status = 'queued', status_reason = 'waiting_for_children', attempts = $6, owner_epoch = NULL, wait_until = NULL, hold = 'children',
    handler_state = $7, write_start_first = false, started_at = $11, expires_at = deadline_at, updated_at = $8
  WHERE id = $1 AND status = $2 AND owner_epoch IS NOT DISTINCT FROM $3::bigint AND attempts = $4
    AND (SELECT jobforge_hold($3::bigint, $5::bigint)) AND cancel_requested_at IS NULL
  RETURNING id, tenant_id
)
INSERT INTO jobforge_job_attempts (job_id, tenant_id, number, worker, started_at, finished_at, outcome, error)
SELECT id, tenant_id, $9, $10, $11, $12, $13, $14 FROM parked
