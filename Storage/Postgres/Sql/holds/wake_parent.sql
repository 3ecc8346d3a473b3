-- $1: epoch, $2: fair tag, $3: the time, $4: parent. What has a gate stands before it.
UPDATE jobforge_jobs
SET hold = CASE WHEN gate_key IS NOT NULL THEN 'limit' END, owner_epoch = CASE WHEN gate_key IS NULL THEN $1 END,
  status_reason = CASE WHEN gate_key IS NULL THEN 'released' ELSE 'limited' END, fair_tag = greatest(fair_tag, $2), updated_at = $3
WHERE id = $4 AND hold = 'children' AND (SELECT jobforge_hold_open($1))
  AND (SELECT child.id FROM jobforge_jobs AS child WHERE child.parent_run_id = $4 LIMIT 1) IS NULL
RETURNING id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at,
  owner_epoch, fair_tag, wait_until, write_start_first, cancel_requested_at, owner_epoch AS holder_epoch,
  NULL::json AS result, NULL::json AS error, NULL::timestamptz AS finished_at,
  options, expires_at, deadline_at, hold, gate_key, handler_state
