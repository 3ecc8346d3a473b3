-- $1: tenants, $2: token ids. Those of the tokens that are revoked.
SELECT tenant_id, token_id FROM jobforge_tokens WHERE tenant_id = ANY ($1::text[]) AND token_id = ANY ($2::text[]) AND revoked_at IS NOT NULL
