-- $1, $2: behind this tenant and id, $3, $4: up to that one; $5: keys of what ended before may have been forgotten. What is judged outside of SQL.
SELECT tenant_id, id, template_key, CASE WHEN finished_at >= $5 THEN idempotency_key END, inputs, inputs_digest, manifest::json -> 'outputs' AS outputs
FROM jobforge_finished_jobs WHERE (tenant_id, id) > ($1, $2) AND (tenant_id, id) <= ($3, $4) ORDER BY tenant_id, id
