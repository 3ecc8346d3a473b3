INSERT INTO jobforge_jobs (
  id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at,
  owner_epoch, fair_tag, wait_until, write_start_first, cancel_requested_at,
  options, expires_at, deadline_at, hold, gate_key, handler_state)
VALUES (
  :id, :tenant_id, :project_id, :template_key, :template_version, :inputs, :inputs_digest, :status, :status_reason, :attempts, :max_attempts,
  :timeout_ms, :priority, :run_at, :trace_id, :actor_id, :idempotency_key, :trigger_id, :event_id, :parent_run_id, :retry_of, :policy_token_id,
  :progress, :started_at, :created_at, :updated_at,
  :owner_epoch, :fair_tag, :wait_until, :write_start_first, :cancel_requested_at,
  :options, :expires_at, :deadline_at, :hold, :gate_key, :handler_state)
