-- $1 and $2: template and tenant to go on behind, $3: limit. A skip scan: one index descent a group, whatever number of jobs it has.
WITH RECURSIVE groups AS (
  (SELECT template_key, tenant_id FROM jobforge_jobs
   WHERE hold = 'paused' AND (template_key, tenant_id) > ($1, $2) ORDER BY template_key, tenant_id LIMIT 1)
  UNION ALL
  SELECT next.template_key, next.tenant_id
  FROM groups CROSS JOIN LATERAL (
    SELECT job.template_key, job.tenant_id FROM jobforge_jobs AS job
    WHERE job.hold = 'paused' AND (job.template_key, job.tenant_id) > (groups.template_key, groups.tenant_id)
    ORDER BY job.template_key, job.tenant_id LIMIT 1) AS next
)
SELECT template_key, tenant_id FROM groups LIMIT $3
