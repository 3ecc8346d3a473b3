-- $1: unchanged since. The head of a gate that nothing has passed, without a rate that could make it wait, while a process has nothing to do.
WITH RECURSIVE gates AS (
  (SELECT tenant_id, gate_key FROM jobforge_jobs WHERE hold = 'limit' AND (tenant_id, gate_key) > ('', '') ORDER BY tenant_id, gate_key LIMIT 1)
  UNION ALL
  SELECT next.tenant_id, next.gate_key
  FROM gates CROSS JOIN LATERAL (
    SELECT job.tenant_id, job.gate_key FROM jobforge_jobs AS job
    WHERE job.hold = 'limit' AND (job.tenant_id, job.gate_key) > (gates.tenant_id, gates.gate_key)
    ORDER BY job.tenant_id, job.gate_key LIMIT 1) AS next
), shut AS MATERIALIZED (
  SELECT gates.tenant_id, gates.gate_key, (
    SELECT job.id FROM jobforge_jobs AS job WHERE job.hold = 'limit' AND job.tenant_id = gates.tenant_id AND job.gate_key = gates.gate_key
    ORDER BY job.tenant_id, job.gate_key, job.fair_tag, job.id LIMIT 1) AS head
  FROM gates
  WHERE (SELECT job.id FROM jobforge_jobs AS job
    WHERE job.tenant_id = gates.tenant_id AND job.gate_key = gates.gate_key AND job.hold IS NULL AND job.wait_until IS NULL LIMIT 1) IS NULL
    AND NOT EXISTS (SELECT 1 FROM jobforge_tenants AS tenant
      WHERE tenant.tenant_id = gates.tenant_id AND (tenant.max_running IS NOT NULL OR tenant.starts_per_minute IS NOT NULL))
  LIMIT 1000
)
SELECT shut.tenant_id, shut.gate_key, 'job ' || shut.head::text || ' stands before it, nothing has passed it'
FROM shut
WHERE (SELECT job.updated_at < $1 AND (job.options -> 'limit' ->> 'starts_per_minute') IS NULL FROM jobforge_jobs AS job WHERE job.id = shut.head)
  AND EXISTS (SELECT 1 FROM jobforge_epochs AS epoch WHERE epoch.state = 'open' AND epoch.hungry AND epoch.expires_at >= $1)
