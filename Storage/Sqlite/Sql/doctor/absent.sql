-- ?1: id. A row when it is no job of any tenant, open or finished.
SELECT NULL, ?1, NULL
WHERE (SELECT job.id FROM jobforge_jobs AS job WHERE job.id = ?1) IS NULL
  AND (SELECT ended.id FROM jobforge_tenants AS tenant CROSS JOIN jobforge_finished_jobs AS ended ON ended.tenant_id = tenant.tenant_id AND ended.id = ?1 LIMIT 1) IS NULL
