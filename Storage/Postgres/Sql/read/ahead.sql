-- $1: tenant, $2: owner, $3 and $4: the place in the fair order, $5: at most.
SELECT count(*)::integer, (count(*) FILTER (WHERE tenant_id = $1))::integer FROM (
  SELECT tenant_id FROM jobforge_jobs
  WHERE owner_epoch = $2 AND status = 'queued' AND wait_until IS NULL AND hold IS NULL AND (fair_tag, id) < ($3, $4) LIMIT $5) AS ahead
