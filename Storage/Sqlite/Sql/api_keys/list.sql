-- IS: a null tenant lists the operators' keys. The hash never leaves by a list.
SELECT key_id, tenant_id, role, name, created_at, revoked_at, last_used_at, NULL FROM jobforge_api_keys WHERE tenant_id IS :tenant_id ORDER BY key_id
