-- $1: tenant, $2: at most. The inner LIMIT stops the count.
<<<<<<< HEAD
SELECT count(*)::integer FROM (SELECT FROM jobforge_jobs WHERE tenant_id = $1 AND status = 'queued' LIMIT $2) AS counted
=======
SELECT count(*)::integer FROM (SELECT FROM jobforge_jobs WHERE tenant_id = $1 AND status = 'queued' LIMIT $2) AS bounded
>>>>>>> 76fb04e83a053ecdb7e73896e34504e4fcc9e7e5
