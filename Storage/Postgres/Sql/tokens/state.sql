SELECT revoked_at IS NOT NULL FROM jobforge_tokens WHERE tenant_id = $1 AND token_id = $2
