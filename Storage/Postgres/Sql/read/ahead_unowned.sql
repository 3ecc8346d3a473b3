-- $1: tenant, $2 and $3: the place in the fair order, $4: at most.
SELECT count(*)::integer, (count(*) FILTER (WHERE tenant_id = $1))::integer FROM (
  SELECT tenant_id FROM jobforge_jobs
  WHERE owner_epoch IS NULL AND status = 'queued' AND wait_until IS NULL AND hold IS NULL AND (fair_tag, id) < ($2, $3) LIMIT $4) AS ahead
