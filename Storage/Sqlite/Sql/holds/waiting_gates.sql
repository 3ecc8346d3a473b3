-- A skip scan: one index descent a gate, whatever number of jobs wait before it.
WITH RECURSIVE gates (tenant_id, gate_key) AS (
  SELECT tenant_id, gate_key FROM (
    SELECT tenant_id, gate_key FROM jobforge_jobs INDEXED BY jobforge_jobs_gated
    WHERE hold = 'limit' AND (tenant_id, gate_key) > (:tenant_id, :gate_key) ORDER BY tenant_id, gate_key LIMIT 1)
  UNION ALL
  SELECT
    (SELECT next.tenant_id FROM jobforge_jobs AS next INDEXED BY jobforge_jobs_gated
     WHERE next.hold = 'limit' AND (next.tenant_id, next.gate_key) > (gates.tenant_id, gates.gate_key)
     ORDER BY next.tenant_id, next.gate_key LIMIT 1),
    (SELECT next.gate_key FROM jobforge_jobs AS next INDEXED BY jobforge_jobs_gated
     WHERE next.hold = 'limit' AND (next.tenant_id, next.gate_key) > (gates.tenant_id, gates.gate_key)
     ORDER BY next.tenant_id, next.gate_key LIMIT 1)
  FROM gates WHERE gates.tenant_id IS NOT NULL LIMIT :limit)
SELECT tenant_id, gate_key FROM gates WHERE tenant_id IS NOT NULL LIMIT :limit
