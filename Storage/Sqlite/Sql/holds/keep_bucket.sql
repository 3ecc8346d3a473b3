INSERT INTO jobforge_gates (tenant_id, gate_key, tokens, refilled_at) VALUES (:tenant_id, :gate_key, :tokens, :refilled_at)
ON CONFLICT (tenant_id, gate_key) DO UPDATE SET tokens = excluded.tokens, refilled_at = excluded.refilled_at
