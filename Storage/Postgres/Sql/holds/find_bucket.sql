-- $1: tenant, $2: gate.
SELECT tokens, refilled_at FROM jobforge_gates WHERE tenant_id = $1 AND gate_key = $2
