-- $1 and $2: tenant and gate to go on behind, $3: limit. A skip scan: one index descent a gate, whatever number of jobs wait before it.
WITH RECURSIVE gates AS (
  (SELECT tenant_id, gate_key FROM jobforge_jobs
   WHERE hold = 'limit' AND (tenant_id, gate_key) > ($1, $2) ORDER BY tenant_id, gate_key LIMIT 1)
  UNION ALL
  SELECT next.tenant_id, next.gate_key
  FROM gates CROSS JOIN LATERAL (
    SELECT job.tenant_id, job.gate_key FROM jobforge_jobs AS job
    WHERE job.hold = 'limit' AND (job.tenant_id, job.gate_key) > (gates.tenant_id, gates.gate_key)
    ORDER BY job.tenant_id, job.gate_key LIMIT 1) AS next
)
SELECT tenant_id, gate_key FROM gates LIMIT $3
