-- ?1: no clock of ours is that far ahead. A bucket is not refilled before its own time.
SELECT tenant_id, gate_key, 'its rate is not refilled before ' || datetime(refilled_at / 1000, 'unixepoch') FROM jobforge_gates WHERE refilled_at > ?1 ORDER BY refilled_at LIMIT 1000
