-- Rows were appended in the order of their end, so the oldest come first without an index.
SELECT rowid, id, tenant_id, template_key, idempotency_key, finished_at FROM jobforge_finished_jobs ORDER BY rowid LIMIT :limit
