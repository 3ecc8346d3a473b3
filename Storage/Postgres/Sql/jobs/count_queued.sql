-- $1: tenant, $2: at most. The inner LIMIT stops the count.
SELECT count(*)::integer FROM (SELECT FROM jobforge_jobs WHERE tenant_id = $1 AND status = 'queued' LIMIT $2) AS bounded
