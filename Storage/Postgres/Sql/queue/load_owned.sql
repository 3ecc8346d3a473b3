-- $1: owner, $2: holder, $3 and $4: the tag and id to go on behind, $5: limit. A page of the queue index from a known place on; nothing is written. What a
-- crashed process queued may have been started by it.
SELECT id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at,
  owner_epoch, fair_tag, wait_until,
  write_start_first OR (SELECT state = 'dead' FROM jobforge_epochs AS epoch WHERE epoch.id = $1) AS write_start_first,
  cancel_requested_at, $2::bigint AS holder_epoch,
  NULL::json AS result, NULL::json AS error, NULL::timestamptz AS finished_at,
  options, expires_at, deadline_at, hold, gate_key, handler_state
FROM jobforge_jobs
WHERE owner_epoch = $1 AND status = 'queued' AND wait_until IS NULL AND hold IS NULL AND (fair_tag, id) > ($3, $4)
  AND (SELECT EXISTS (
    SELECT FROM jobforge_epochs AS own JOIN jobforge_epochs AS holding ON holding.id = own.holder
    WHERE own.id = $1 AND own.holder = $2 AND holding.state = 'open'))
ORDER BY owner_epoch, fair_tag, id LIMIT $5
