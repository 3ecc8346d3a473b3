-- A skip scan: one index descent a tenant.
WITH RECURSIVE seen AS (
  (SELECT tenant_id FROM jobforge_jobs WHERE tenant_id > '' ORDER BY tenant_id LIMIT 1)
  UNION ALL
  SELECT (SELECT job.tenant_id FROM jobforge_jobs AS job WHERE job.tenant_id > seen.tenant_id ORDER BY job.tenant_id LIMIT 1)
  FROM seen WHERE seen.tenant_id IS NOT NULL
)
SELECT seen.tenant_id, seen.tenant_id, 'has open jobs' FROM seen
WHERE seen.tenant_id IS NOT NULL AND (SELECT tenant.tenant_id FROM jobforge_tenants AS tenant WHERE tenant.tenant_id = seen.tenant_id) IS NULL
