-- $1: epoch, $2: limit. The inner query walks the queue index in its own order and stops at the limit; rows that another taker has locked are left to it.
UPDATE jobforge_jobs SET owner_epoch = $1
WHERE id = ANY (ARRAY(
    SELECT id FROM jobforge_jobs
    WHERE owner_epoch IS NULL AND status = 'queued' AND wait_until IS NULL AND hold IS NULL AND (SELECT jobforge_hold_open($1))
    ORDER BY owner_epoch, fair_tag, id LIMIT $2
    FOR UPDATE SKIP LOCKED))
RETURNING id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at,
  owner_epoch, fair_tag, wait_until, write_start_first, cancel_requested_at, owner_epoch AS holder_epoch,
  NULL::json AS result, NULL::json AS error, NULL::timestamptz AS finished_at,
  options, expires_at, deadline_at, hold, gate_key, handler_state
