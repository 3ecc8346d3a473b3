-- $1-$31 and $37-$42: one array a column, shorter where only nulls are left; defaults below. $32: true for a job that needs its key. $33-$35: the keys, sorted by
-- hash, so that two batches wait for each other in one order only. Answers the number of jobs written.
WITH held AS MATERIALIZED (
  -- An epoch that is not open any more owns nothing new: its jobs are free for others.
  SELECT epoch FROM unnest($36::bigint[]) AS epoch WHERE jobforge_hold_open(epoch)
), claimed AS (
  INSERT INTO jobforge_idempotency_keys (hash, job_id, inputs_hash)
  SELECT hash, job_id, inputs_hash FROM unnest($33::uuid[], $34::uuid[], $35::uuid[]) AS key (hash, job_id, inputs_hash)
  -- The epochs are locked before the keys, always.
  WHERE (SELECT count(*) FROM held) >= 0
  ON CONFLICT DO NOTHING
  RETURNING job_id
)
INSERT INTO jobforge_jobs (
  id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at,
  owner_epoch, fair_tag, wait_until, write_start_first, cancel_requested_at,
  options, expires_at, deadline_at, hold, gate_key, handler_state)
SELECT
  job.id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, coalesce(status, 'queued'), status_reason,
  coalesce(attempts, 0), max_attempts, timeout_ms, coalesce(priority, 0), coalesce(run_at, created_at), trace_id, actor_id, idempotency_key,
  trigger_id, event_id, parent_run_id, retry_of, policy_token_id, progress, started_at, created_at, coalesce(updated_at, created_at),
  held.epoch, fair_tag, wait_until, coalesce(write_start_first, false), cancel_requested_at,
  options, expires_at, deadline_at, hold, gate_key, handler_state
FROM unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::json[], $7::text[], $8::text[], $9::text[], $10::integer[], $11::integer[],
    $12::integer[], $13::integer[], $14::timestamptz[], $15::text[], $16::text[], $17::text[], $18::text[], $19::uuid[], $20::uuid[], $21::uuid[],
    $22::text[], $23::json[], $24::timestamptz[], $25::timestamptz[], $26::timestamptz[], $27::bigint[], $28::double precision[],
    $29::timestamptz[], $30::boolean[], $31::timestamptz[], $32::boolean[], $37::json[], $38::timestamptz[], $39::timestamptz[], $40::text[], $41::text[], $42::json[]) AS job (
  id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at,
  owner_epoch, fair_tag, wait_until, write_start_first, cancel_requested_at, needs_key,
  options, expires_at, deadline_at, hold, gate_key, handler_state)
LEFT JOIN held ON held.epoch = job.owner_epoch
LEFT JOIN claimed ON claimed.job_id = job.id
WHERE needs_key IS NOT TRUE OR claimed.job_id IS NOT NULL
