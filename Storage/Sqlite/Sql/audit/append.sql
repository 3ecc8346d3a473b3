INSERT INTO jobforge_audit_logs (
  id, tenant_id, project_id, action, allowed, code, reason, actor_id, key_id, correlation_id, trace_id, event_id, job_id, template_key,
  policy_token_id, scopes_granted, details, created_at)
VALUES (
  :id, :tenant_id, :project_id, :action, :allowed, :code, :reason, :actor_id, :key_id, :correlation_id, :trace_id, :event_id, :job_id, :template_key,
  :policy_token_id, :scopes_granted, :details, :created_at)
