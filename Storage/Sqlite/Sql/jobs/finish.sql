-- What the life of a job changes comes from the caller, everything else from the hot row. No row matches a lost fence,
-- nor a wish to cancel that the caller does not know of: every other end gives way to it.
INSERT INTO jobforge_finished_jobs (
  id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at, result, error, finished_at, worker, manifest, options)
SELECT
  id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, :status, :status_reason, :attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  coalesce(:progress, progress), :started_at, created_at, :updated_at, :result, :error, :finished_at, :worker, :manifest, options
FROM jobforge_jobs
WHERE id = :id AND status = :fence_status AND owner_epoch IS :fence_owner AND attempts = :fence_attempt
  AND (owner_epoch IS NULL OR :fence_holder = (SELECT holder FROM jobforge_epochs WHERE jobforge_epochs.id = owner_epoch))
  AND (cancel_requested_at IS NULL OR :status = 'canceled')
