-- Newest first by keyset over hot and finished rows: two index walks, each of which stops at the limit, and then one merge of twice that many rows. One
-- statement, hence one snapshot: a job that moves to history meanwhile is seen once. $1 tenant, $2 before, $3 template, $4 project, $5 trace, $6 statuses,
-- $7 and $8 switch off the half that the wanted statuses cannot be in, $9 limit. Columns as in jobforge_all_jobs, whose order is not pushed into its halves.
SELECT * FROM (
  (SELECT id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
    timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
    progress, started_at, created_at, updated_at,
    NULL::bigint, 0::double precision, NULL::timestamptz, false, NULL::timestamptz, NULL::bigint,
    NULL::json AS result, NULL::json AS error, NULL::timestamptz AS finished_at, options
  FROM jobforge_jobs
  WHERE tenant_id = $1 AND id < $2 AND $7
    AND ($3::text IS NULL OR template_key = $3) AND ($4::text IS NULL OR project_id = $4) AND ($5::text IS NULL OR trace_id = $5)
    AND ($6::text[] = '{}' OR status = ANY ($6))
  ORDER BY id DESC LIMIT $9)
  UNION ALL
  (SELECT id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
    timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
    progress, started_at, created_at, updated_at,
    NULL, 0, NULL, false, NULL, NULL, result, error, finished_at, options
  FROM jobforge_finished_jobs
  WHERE tenant_id = $1 AND id < $2 AND $8
    AND ($3::text IS NULL OR template_key = $3) AND ($4::text IS NULL OR project_id = $4) AND ($5::text IS NULL OR trace_id = $5)
    AND ($6::text[] = '{}' OR status = ANY ($6))
  ORDER BY id DESC LIMIT $9)) AS page
ORDER BY id DESC
LIMIT $9
