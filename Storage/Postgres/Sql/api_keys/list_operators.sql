SELECT key_id, tenant_id, role, name, created_at, revoked_at, last_used_at, NULL::bytea FROM jobforge_api_keys WHERE tenant_id IS NULL ORDER BY key_id
