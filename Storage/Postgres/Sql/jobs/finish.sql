-- $1: ids. $2-$5: the fence that all of them share (status, owner, attempt, holder). $6-$16: one array a column of what the end of a job changes. Answers
-- the number of jobs moved. The fence is written so that only the primary key fits: with a join here, PostgreSQL may choose to read the whole queue and
-- search the arrays for each of its rows. Every other end gives way to a wish to cancel, which the caller may not know of.
WITH moved AS (
  DELETE FROM jobforge_jobs
  WHERE id = ANY ($1::uuid[]) AND status = $2::text AND owner_epoch IS NOT DISTINCT FROM $3::bigint AND attempts = $4::integer
    AND (SELECT jobforge_hold($3::bigint, $5::bigint))
    AND (cancel_requested_at IS NULL OR ($6::text[])[array_position($1::uuid[], id)] = 'canceled')
  RETURNING id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, max_attempts, timeout_ms, priority, run_at, trace_id,
    actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id, progress, created_at, options
)
INSERT INTO jobforge_finished_jobs (
  id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at,
  result, error, finished_at, worker, manifest, options)
SELECT
  moved.id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, ended.status, ended.status_reason, ended.attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  coalesce(ended.progress, moved.progress), ended.started_at, created_at, coalesce(ended.updated_at, ended.finished_at),
  ended.result, ended.error, ended.finished_at, ended.worker, ended.manifest, options
FROM unnest(
    $1::uuid[], $6::text[], $7::text[], $8::integer[], $9::json[], $10::timestamptz[], $11::timestamptz[], $12::json[], $13::json[], $14::timestamptz[],
    $15::text[], $16::text[]) AS ended (id, status, status_reason, attempts, progress, started_at, updated_at, result, error, finished_at, worker, manifest)
JOIN moved ON moved.id = ended.id
