-- $1: tenant, $2: gate, $3: limit.
SELECT id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at,
  owner_epoch, fair_tag, wait_until, write_start_first, cancel_requested_at, NULL::bigint AS holder_epoch,
  NULL::json AS result, NULL::json AS error, NULL::timestamptz AS finished_at,
  options, expires_at, deadline_at, hold, gate_key, handler_state
FROM jobforge_jobs
WHERE hold = 'limit' AND tenant_id = $1 AND gate_key = $2 ORDER BY tenant_id, gate_key, fair_tag, id LIMIT $3
FOR UPDATE
