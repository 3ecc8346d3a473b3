SELECT revoked_at IS NOT NULL FROM jobforge_tokens WHERE tenant_id = :tenant_id AND token_id = :token_id
