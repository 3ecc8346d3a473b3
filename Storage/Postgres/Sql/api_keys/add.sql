INSERT INTO jobforge_api_keys (key_id, tenant_id, role, name, key_hash, created_at, revoked_at, last_used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
