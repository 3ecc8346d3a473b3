-- A batch. Repeating one whose outcome was unknown changes nothing.
INSERT INTO jobforge_audit_logs (
  id, tenant_id, project_id, action, allowed, code, reason, actor_id, key_id, correlation_id, trace_id, event_id, job_id, template_key,
  policy_token_id, scopes_granted, details, created_at)
SELECT * FROM unnest(
  $1::uuid[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::uuid[],
  $13::uuid[], $14::text[], $15::text[], $16::json[], $17::json[], $18::timestamptz[])
ON CONFLICT DO NOTHING
