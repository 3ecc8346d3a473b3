-- $1: tenant, $2: how many to look at.
SELECT priority, max(fair_tag) FROM (
  SELECT priority, fair_tag FROM jobforge_jobs WHERE tenant_id = $1 ORDER BY tenant_id DESC, id DESC LIMIT $2) AS newest
GROUP BY priority
