-- A skip scan: one index descent a tenant and day.
WITH RECURSIVE seen AS (
  SELECT * FROM (SELECT tenant_id FROM jobforge_events WHERE tenant_id > '' ORDER BY tenant_id LIMIT 1)
  UNION ALL
  SELECT (SELECT one.tenant_id FROM jobforge_events AS one WHERE one.tenant_id > seen.tenant_id ORDER BY one.tenant_id LIMIT 1)
  FROM seen WHERE seen.tenant_id IS NOT NULL
)
SELECT seen.tenant_id, seen.tenant_id, 'has events' FROM seen
WHERE seen.tenant_id IS NOT NULL AND (SELECT tenant.tenant_id FROM jobforge_tenants AS tenant WHERE tenant.tenant_id = seen.tenant_id) IS NULL
