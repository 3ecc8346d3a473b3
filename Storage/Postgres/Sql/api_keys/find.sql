SELECT key_id, tenant_id, role, name, created_at, revoked_at, last_used_at, key_hash FROM jobforge_api_keys WHERE key_id = $1
