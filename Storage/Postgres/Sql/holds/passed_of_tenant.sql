-- $1: tenant, $2: at most.
SELECT count(*)::integer FROM (
  SELECT FROM jobforge_jobs WHERE tenant_id = $1 AND gate_key IS NOT NULL AND hold IS NULL AND wait_until IS NULL LIMIT $2) AS passed
