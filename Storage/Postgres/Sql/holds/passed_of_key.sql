-- $1: tenant, $2: gate, $3: at most.
SELECT count(*)::integer FROM (
  SELECT FROM jobforge_jobs WHERE tenant_id = $1 AND gate_key = $2 AND hold IS NULL AND wait_until IS NULL LIMIT $3) AS passed
