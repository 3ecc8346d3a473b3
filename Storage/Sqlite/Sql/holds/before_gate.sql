SELECT id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at, NULL AS result, NULL AS error, NULL AS finished_at,
  owner_epoch, fair_tag, wait_until, write_start_first, cancel_requested_at, NULL AS holder_epoch,
  options, expires_at, deadline_at, hold, gate_key, handler_state
FROM jobforge_jobs INDEXED BY jobforge_jobs_gated
WHERE hold = 'limit' AND tenant_id = :tenant_id AND gate_key = :gate_key ORDER BY fair_tag, id LIMIT :limit
