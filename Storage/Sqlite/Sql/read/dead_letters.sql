SELECT id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at, result, error, finished_at,
  NULL, 0.0, NULL, 0, NULL, NULL, options
FROM jobforge_finished_jobs INDEXED BY jobforge_finished_jobs_failed
WHERE tenant_id = :tenant_id AND status = 'failed' AND id < :before
  AND (:template_key IS NULL OR template_key = :template_key)
  AND (:status_reason IS NULL OR status_reason = :status_reason)
  AND (:error_code IS NULL OR error ->> '$.code' = :error_code)
  AND (:attempts IS NULL OR attempts = :attempts)
  AND finished_at >= :from_time AND finished_at <= :to_time
ORDER BY id DESC
LIMIT :limit
