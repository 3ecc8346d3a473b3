-- The inner LIMIT stops the count; the index covers it.
SELECT count(*) FROM (SELECT 1 FROM jobforge_jobs WHERE tenant_id = :tenant_id AND status = 'queued' LIMIT :at_most)
