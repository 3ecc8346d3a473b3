-- A page of the queue index from a known place on; nothing is written. What a crashed process queued may have been started by it.
SELECT id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at, NULL AS result, NULL AS error, NULL AS finished_at,
  owner_epoch, fair_tag, wait_until,
  (write_start_first OR (SELECT state = 'dead' FROM jobforge_epochs WHERE jobforge_epochs.id = :owner)) AS write_start_first,
  cancel_requested_at, :holder AS holder_epoch,
  options, expires_at, deadline_at, hold, gate_key, handler_state
FROM jobforge_jobs INDEXED BY jobforge_jobs_queue
WHERE owner_epoch = :owner AND status = 'queued' AND wait_until IS NULL AND hold IS NULL AND (fair_tag, id) > (:after_tag, :after_id)
  AND EXISTS (
    SELECT 1 FROM jobforge_epochs AS own JOIN jobforge_epochs AS holding ON holding.id = own.holder
    WHERE own.id = :owner AND own.holder = :holder AND holding.state = 'open')
ORDER BY fair_tag, id LIMIT :limit
