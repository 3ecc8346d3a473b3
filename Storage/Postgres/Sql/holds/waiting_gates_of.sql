-- $1: tenant, $2: limit.
WITH RECURSIVE gates AS (
  (SELECT gate_key FROM jobforge_jobs WHERE hold = 'limit' AND tenant_id = $1 ORDER BY tenant_id, gate_key LIMIT 1)
  UNION ALL
  SELECT next.gate_key
  FROM gates CROSS JOIN LATERAL (
    SELECT job.gate_key FROM jobforge_jobs AS job
    WHERE job.hold = 'limit' AND job.tenant_id = $1 AND job.gate_key > gates.gate_key
    ORDER BY job.tenant_id, job.gate_key LIMIT 1) AS next
)
SELECT gate_key FROM gates LIMIT $2
