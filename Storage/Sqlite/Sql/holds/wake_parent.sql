-- What has a gate stands before it. The open epoch is the taker's.
UPDATE jobforge_jobs
SET hold = CASE WHEN gate_key IS NOT NULL THEN 'limit' END, owner_epoch = CASE WHEN gate_key IS NULL THEN :epoch END,
  status_reason = CASE WHEN gate_key IS NULL THEN 'released' ELSE 'limited' END, fair_tag = max(fair_tag, :fair_tag), updated_at = :at
WHERE id = :id AND hold = 'children'
  AND NOT EXISTS (SELECT 1 FROM jobforge_jobs AS child INDEXED BY jobforge_jobs_children WHERE child.parent_run_id = jobforge_jobs.id)
  AND EXISTS (SELECT 1 FROM jobforge_epochs WHERE jobforge_epochs.id = :epoch AND state = 'open')
RETURNING id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at, NULL AS result, NULL AS error, NULL AS finished_at,
  owner_epoch, fair_tag, wait_until, write_start_first, cancel_requested_at, owner_epoch AS holder_epoch,
  options, expires_at, deadline_at, hold, gate_key, handler_state
