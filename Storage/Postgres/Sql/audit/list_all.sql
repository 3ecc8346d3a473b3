-- Every tenant's, for operators, on the primary key.
SELECT id, tenant_id, project_id, action, allowed, code, reason, actor_id, key_id, correlation_id, trace_id, event_id, job_id, template_key,
  policy_token_id, scopes_granted, details, created_at
FROM jobforge_audit_logs
WHERE id < $1
  AND ($2::text IS NULL OR action = $2) AND ($3::boolean IS NULL OR allowed = $3) AND ($4::uuid IS NULL OR job_id = $4)
  AND created_at BETWEEN $5 AND $6
ORDER BY id DESC
LIMIT $7
