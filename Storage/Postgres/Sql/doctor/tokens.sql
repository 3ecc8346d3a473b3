-- $1, $2: behind this tenant and token, $3: rows.
SELECT tenant_id, token_id, NULL::text FROM jobforge_tokens WHERE (tenant_id, token_id) > ($1, $2) ORDER BY tenant_id, token_id LIMIT $3
