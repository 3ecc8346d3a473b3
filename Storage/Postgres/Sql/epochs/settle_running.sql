-- $1: epoch, $2: heir, $3: now, $4: when the lost ones are tried again, $5: limit, $6: worker. Requeues those with attempts left that nobody wants canceled,
-- answers the others, which the heir ends, each with the number of the requeued ones; a row without an id when there are none.
WITH running AS MATERIALIZED (
  SELECT id, attempts < max_attempts AND cancel_requested_at IS NULL AS again
  FROM jobforge_jobs WHERE owner_epoch = $1 AND status = 'running' ORDER BY owner_epoch LIMIT $5 FOR UPDATE
), requeued AS (
  UPDATE jobforge_jobs AS job
  SET status = 'queued', status_reason = 'lease_lost', owner_epoch = NULL, wait_until = $4, run_at = $4, write_start_first = true, updated_at = $3
  WHERE id = ANY (ARRAY(SELECT id FROM running WHERE again)) AND owner_epoch = $1 AND status = 'running'
  RETURNING id, tenant_id, attempts, started_at
), written AS (
  INSERT INTO jobforge_job_attempts (job_id, tenant_id, number, worker, started_at, finished_at, outcome)
  SELECT id, tenant_id, attempts, $6, coalesce(started_at, $3), $3, 'lease_lost' FROM requeued
  RETURNING 1
), lost AS (
  SELECT id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at,
    owner_epoch, fair_tag, wait_until, write_start_first, cancel_requested_at, $2::bigint AS holder_epoch,
  NULL::json AS result, NULL::json AS error, NULL::timestamptz AS finished_at,
  options, expires_at, deadline_at, hold, gate_key, handler_state
  FROM jobforge_jobs WHERE id = ANY (ARRAY(SELECT id FROM running WHERE NOT again))
)
SELECT lost.*, requeued.count FROM (SELECT count(*)::integer FROM written) AS requeued LEFT JOIN lost ON true
