-- A tenant's. The hash never leaves by a list.
SELECT key_id, tenant_id, role, name, created_at, revoked_at, last_used_at, NULL::bytea FROM jobforge_api_keys WHERE tenant_id = $1 ORDER BY key_id
