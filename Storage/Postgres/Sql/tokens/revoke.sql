INSERT INTO jobforge_tokens AS token (tenant_id, token_id, revoked_at) VALUES ($1, $2, $3)
ON CONFLICT (tenant_id, token_id) DO UPDATE SET revoked_at = excluded.revoked_at WHERE token.revoked_at IS NULL
