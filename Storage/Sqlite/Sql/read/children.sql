-- Both halves from their own index; a run's own children are those whose key it made.
SELECT id, idempotency_key, template_key, status, NULL AS result, NULL AS error
FROM jobforge_jobs INDEXED BY jobforge_jobs_children
WHERE parent_run_id = :parent AND tenant_id = :tenant_id AND substr(idempotency_key, 1, length(:prefix)) = :prefix
UNION ALL
SELECT id, idempotency_key, template_key, status, result, error
FROM jobforge_finished_jobs INDEXED BY jobforge_finished_jobs_children
WHERE parent_run_id = :parent AND tenant_id = :tenant_id AND substr(idempotency_key, 1, length(:prefix)) = :prefix
ORDER BY id LIMIT :limit
