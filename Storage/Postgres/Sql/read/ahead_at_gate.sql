-- $1: tenant, $2: gate, $3 and $4: the place in the fair order, $5: at most.
SELECT count(*)::integer FROM (
  SELECT FROM jobforge_jobs WHERE hold = 'limit' AND tenant_id = $1 AND gate_key = $2 AND (fair_tag, id) < ($3, $4) LIMIT $5) AS ahead
