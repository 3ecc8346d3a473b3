-- $1: tenant, $2: before, $3-$8: the filter, $9: limit.
SELECT id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at,
  NULL::bigint, 0::double precision, NULL::timestamptz, false, NULL::timestamptz, NULL::bigint, result, error, finished_at, options
FROM jobforge_finished_jobs
WHERE tenant_id = $1 AND status = 'failed' AND id < $2
  AND ($3::text IS NULL OR template_key = $3) AND ($4::text IS NULL OR status_reason = $4) AND ($5::text IS NULL OR error ->> 'code' = $5)
  AND ($6::integer IS NULL OR attempts = $6) AND finished_at >= $7 AND finished_at <= $8
ORDER BY id DESC
LIMIT $9
