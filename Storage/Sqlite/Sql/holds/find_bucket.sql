SELECT tokens, refilled_at FROM jobforge_gates WHERE tenant_id = :tenant_id AND gate_key = :gate_key
