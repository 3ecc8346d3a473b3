WITH RECURSIVE gates (gate_key) AS (
  SELECT min(gate_key) FROM jobforge_jobs INDEXED BY jobforge_jobs_gated WHERE hold = 'limit' AND tenant_id = :tenant_id
  UNION ALL
  SELECT
    (SELECT min(next.gate_key) FROM jobforge_jobs AS next INDEXED BY jobforge_jobs_gated
     WHERE next.hold = 'limit' AND next.tenant_id = :tenant_id AND next.gate_key > gates.gate_key)
  FROM gates WHERE gates.gate_key IS NOT NULL LIMIT :limit)
SELECT gate_key FROM gates WHERE gate_key IS NOT NULL LIMIT :limit
