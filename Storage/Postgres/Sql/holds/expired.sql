-- $1: now, $2: holder, $3: limit.
SELECT id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at,
  owner_epoch, fair_tag, wait_until, write_start_first, cancel_requested_at, (SELECT epoch.holder FROM jobforge_epochs AS epoch WHERE epoch.id = owner_epoch) AS holder_epoch,
  NULL::json AS result, NULL::json AS error, NULL::timestamptz AS finished_at,
  options, expires_at, deadline_at, hold, gate_key, handler_state
FROM jobforge_jobs
WHERE expires_at IS NOT NULL AND status = 'queued' AND expires_at <= $1
  AND (owner_epoch IS NULL OR owner_epoch = ANY (ARRAY(SELECT epoch.id FROM jobforge_epochs AS epoch WHERE epoch.holder = $2)))
ORDER BY expires_at LIMIT $3
