-- $1, $2: behind this id, up to that one. Nobody inherits from an epoch that has no row.
SELECT job.tenant_id, job.id::text, job.status || ', owned by epoch ' || job.owner_epoch || ', which does not exist'
FROM jobforge_jobs AS job
WHERE job.id > $1 AND job.id <= $2 AND job.owner_epoch IS NOT NULL
  AND (SELECT epoch.id FROM jobforge_epochs AS epoch WHERE epoch.id = job.owner_epoch) IS NULL
