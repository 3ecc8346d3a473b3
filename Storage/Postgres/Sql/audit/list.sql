-- Newest first by keyset: $1 tenant, $2 before, $3 action, $4 allowed, $5 job, $6 and $7 time bounds, $8 limit.
SELECT id, tenant_id, project_id, action, allowed, code, reason, actor_id, key_id, correlation_id, trace_id, event_id, job_id, template_key,
  policy_token_id, scopes_granted, details, created_at
FROM jobforge_audit_logs
WHERE tenant_id = $1 AND id < $2
  AND ($3::text IS NULL OR action = $3) AND ($4::boolean IS NULL OR allowed = $4) AND ($5::uuid IS NULL OR job_id = $5)
  AND created_at BETWEEN $6 AND $7
ORDER BY id DESC
LIMIT $8
