-- $1: full since. A few at each opening, so that keys that were used once do not pile up; what another opening has locked is left to it.
DELETE FROM jobforge_gates
WHERE (tenant_id, gate_key) IN (SELECT tenant_id, gate_key FROM jobforge_gates WHERE refilled_at < $1 ORDER BY refilled_at LIMIT 10 FOR UPDATE SKIP LOCKED)
