-- A skip scan: one index descent a group, whatever number of jobs it has.
WITH RECURSIVE groups (template_key, tenant_id) AS (
  SELECT template_key, tenant_id FROM (
    SELECT template_key, tenant_id FROM jobforge_jobs INDEXED BY jobforge_jobs_paused
    WHERE hold = 'paused' AND (template_key, tenant_id) > (:template_key, :tenant_id) ORDER BY template_key, tenant_id LIMIT 1)
  UNION ALL
  SELECT
    (SELECT next.template_key FROM jobforge_jobs AS next INDEXED BY jobforge_jobs_paused
     WHERE next.hold = 'paused' AND (next.template_key, next.tenant_id) > (groups.template_key, groups.tenant_id)
     ORDER BY next.template_key, next.tenant_id LIMIT 1),
    (SELECT next.tenant_id FROM jobforge_jobs AS next INDEXED BY jobforge_jobs_paused
     WHERE next.hold = 'paused' AND (next.template_key, next.tenant_id) > (groups.template_key, groups.tenant_id)
     ORDER BY next.template_key, next.tenant_id LIMIT 1)
  FROM groups WHERE groups.template_key IS NOT NULL LIMIT :limit)
SELECT template_key, tenant_id FROM groups WHERE template_key IS NOT NULL LIMIT :limit
