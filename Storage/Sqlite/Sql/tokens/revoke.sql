INSERT INTO jobforge_tokens (tenant_id, token_id, revoked_at) VALUES (:tenant_id, :token_id, :at)
ON CONFLICT (tenant_id, token_id) DO UPDATE SET revoked_at = excluded.revoked_at WHERE revoked_at IS NULL
