-- ?1: tenant, ?2: gate, ?3: now. Its tokens stay.
UPDATE jobforge_gates SET refilled_at = ?3 WHERE tenant_id = ?1 AND gate_key = ?2 AND refilled_at > ?3
