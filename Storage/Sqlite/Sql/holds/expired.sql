SELECT id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at, NULL AS result, NULL AS error, NULL AS finished_at,
  owner_epoch, fair_tag, wait_until, write_start_first, cancel_requested_at, (SELECT holder FROM jobforge_epochs WHERE jobforge_epochs.id = owner_epoch) AS holder_epoch,
  options, expires_at, deadline_at, hold, gate_key, handler_state
FROM jobforge_jobs INDEXED BY jobforge_jobs_expiry
WHERE expires_at IS NOT NULL AND status = 'queued' AND expires_at <= :now
  AND (owner_epoch IS NULL OR owner_epoch IN (SELECT id FROM jobforge_epochs WHERE holder = :holder))
ORDER BY expires_at LIMIT :limit
