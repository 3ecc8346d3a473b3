-- $1, $2: behind this id, up to that one; $3: leases that ended before are long over.
SELECT job.tenant_id, job.id::text, job.status || ', owned by epoch ' || job.owner_epoch || ', which nobody alive holds'
FROM jobforge_jobs AS job
WHERE job.id > $1 AND job.id <= $2 AND job.owner_epoch IS NOT NULL
  AND (SELECT own.expires_at < $3 AND (SELECT holding.id FROM jobforge_epochs AS holding
      WHERE holding.id = own.holder AND holding.state = 'open' AND holding.expires_at >= $3) IS NULL
    FROM jobforge_epochs AS own WHERE own.id = job.owner_epoch)
