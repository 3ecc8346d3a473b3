-- $1-$5: the fence (id, status, owner, attempt, holder). $6: reason, $7: attempts that count, $8: due. $9-$14: the attempt's number, worker, start, end (null: open), outcome and error.
WITH queued AS (
  UPDATE jobforge_jobs
  SET status = 'queued', status_reason = $6, attempts = $7, owner_epoch = NULL, wait_until = $8, run_at = $8, write_start_first = false,
    expires_at = deadline_at, started_at = $11, updated_at = coalesce($12::timestamptz, $8)
  WHERE id = $1 AND status = $2 AND owner_epoch IS NOT DISTINCT FROM $3::bigint AND attempts = $4
    AND (SELECT jobforge_hold($3::bigint, $5::bigint)) AND cancel_requested_at IS NULL
  RETURNING id, tenant_id
)
INSERT INTO jobforge_job_attempts (job_id, tenant_id, number, worker, started_at, finished_at, outcome, error)
SELECT id, tenant_id, $9, $10, $11, $12, $13, $14 FROM queued
