INSERT INTO jobforge_gates (tenant_id, gate_key, tokens, refilled_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, gate_key) DO UPDATE SET tokens = excluded.tokens, refilled_at = excluded.refilled_at
