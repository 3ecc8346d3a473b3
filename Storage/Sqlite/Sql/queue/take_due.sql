-- What has a gate stands before it when its time has come, instead of being taken.
UPDATE jobforge_jobs
SET owner_epoch = CASE WHEN gate_key IS NULL THEN :epoch END, hold = CASE WHEN gate_key IS NOT NULL THEN 'limit' END,
  status_reason = CASE WHEN gate_key IS NULL THEN status_reason ELSE 'limited' END, wait_until = NULL, fair_tag = :fair_tag
WHERE id IN (
    SELECT id FROM jobforge_jobs INDEXED BY jobforge_jobs_waiting
    WHERE wait_until IS NOT NULL AND wait_until <= :now
    ORDER BY wait_until LIMIT :limit)
  AND EXISTS (SELECT 1 FROM jobforge_epochs WHERE id = :epoch AND state = 'open')
RETURNING id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at, NULL AS result, NULL AS error, NULL AS finished_at,
  owner_epoch, fair_tag, wait_until, write_start_first, cancel_requested_at, owner_epoch AS holder_epoch,
  options, expires_at, deadline_at, hold, gate_key, handler_state
