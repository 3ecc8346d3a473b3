-- $1, $2: behind this id, up to that one. What is judged outside of SQL.
SELECT tenant_id, id, template_key, idempotency_key, inputs, inputs_digest, NULL::json AS outputs
FROM jobforge_jobs WHERE id > $1 AND id <= $2 ORDER BY id
