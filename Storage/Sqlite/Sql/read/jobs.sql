-- Newest first by keyset over hot and finished rows: two index walks, merged, never sorted. One statement, hence one snapshot: a job
-- that moves to history meanwhile is seen once. :open and :finished switch off the half that the wanted statuses cannot be in. Not over
-- jobforge_all_jobs: SQLite does not push the order into that view and would sort the tenant's whole history.
SELECT id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at, NULL AS result, NULL AS error, NULL AS finished_at,
  owner_epoch, fair_tag, wait_until, write_start_first, cancel_requested_at, NULL AS holder_epoch, options
FROM jobforge_jobs INDEXED BY jobforge_jobs_tenant
WHERE tenant_id = :tenant_id AND id < :before AND :open
  AND (:template_key IS NULL OR template_key = :template_key)
  AND (:project_id IS NULL OR project_id = :project_id)
  AND (:trace_id IS NULL OR trace_id = :trace_id)
  AND (:statuses IS NULL OR instr(:statuses, status) > 0)
UNION ALL
SELECT id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at, result, error, finished_at,
  NULL, 0.0, NULL, 0, NULL, NULL, options
FROM jobforge_finished_jobs INDEXED BY jobforge_finished_jobs_tenant
WHERE tenant_id = :tenant_id AND id < :before AND :finished
  AND (:template_key IS NULL OR template_key = :template_key)
  AND (:project_id IS NULL OR project_id = :project_id)
  AND (:trace_id IS NULL OR trace_id = :trace_id)
  AND (:statuses IS NULL OR instr(:statuses, status) > 0)
ORDER BY id DESC
LIMIT :limit
