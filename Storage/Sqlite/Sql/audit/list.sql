SELECT id, tenant_id, project_id, action, allowed, code, reason, actor_id, key_id, correlation_id, trace_id, event_id, job_id, template_key,
  policy_token_id, scopes_granted, details, created_at
FROM jobforge_audit_logs INDEXED BY jobforge_audit_logs_tenant
WHERE tenant_id = :tenant_id
  AND id < :before
  AND (:action IS NULL OR action = :action)
  AND (:allowed IS NULL OR allowed = :allowed)
  AND (:job_id IS NULL OR job_id = :job_id)
  AND created_at BETWEEN :from_time AND :to_time
ORDER BY id DESC
LIMIT :limit
