-- $1: epoch, $2: fair tag, $3: now, $4: limit. What has a gate stands before it when its time has come, instead of being taken.
UPDATE jobforge_jobs
SET owner_epoch = CASE WHEN gate_key IS NULL THEN $1 END, hold = CASE WHEN gate_key IS NOT NULL THEN 'limit' END,
  status_reason = CASE WHEN gate_key IS NULL THEN status_reason ELSE 'limited' END, wait_until = NULL, fair_tag = $2
WHERE id = ANY (ARRAY(
    SELECT id FROM jobforge_jobs
    WHERE wait_until IS NOT NULL AND wait_until <= $3 AND (SELECT jobforge_hold_open($1))
    ORDER BY wait_until LIMIT $4
    FOR UPDATE SKIP LOCKED))
RETURNING id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at,
  owner_epoch, fair_tag, wait_until, write_start_first, cancel_requested_at, owner_epoch AS holder_epoch,
  NULL::json AS result, NULL::json AS error, NULL::timestamptz AS finished_at,
  options, expires_at, deadline_at, hold, gate_key, handler_state
