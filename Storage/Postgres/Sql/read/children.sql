-- $1: parent, $2: tenant, $3: what its children's keys begin with, $4: limit, $5: the parent's creation: no child ended before.
(SELECT id, idempotency_key, template_key, status, NULL::json AS result, NULL::json AS error
 FROM jobforge_jobs WHERE parent_run_id = $1 AND tenant_id = $2 AND starts_with(idempotency_key, $3) ORDER BY parent_run_id, id LIMIT $4)
UNION ALL
(SELECT id, idempotency_key, template_key, status, result, error
 FROM jobforge_finished_jobs
 WHERE parent_run_id = $1 AND tenant_id = $2 AND starts_with(idempotency_key, $3) AND finished_at >= $5 ORDER BY parent_run_id, id LIMIT $4)
ORDER BY id LIMIT $4
