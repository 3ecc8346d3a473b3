-- A slice of one day's finished jobs behind (tenant $3, id $4).
SELECT tenant_id, id, template_key, idempotency_key FROM jobforge_finished_jobs
WHERE finished_at >= $1 AND finished_at < $2 AND (tenant_id, id) > ($3, $4)
ORDER BY tenant_id, id LIMIT $5
