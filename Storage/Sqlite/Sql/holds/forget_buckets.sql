-- A few at each opening, so that keys that were used once do not pile up.
DELETE FROM jobforge_gates
WHERE (tenant_id, gate_key) IN (
  SELECT tenant_id, gate_key FROM jobforge_gates INDEXED BY jobforge_gates_age WHERE refilled_at < :full_since ORDER BY refilled_at LIMIT 10)
