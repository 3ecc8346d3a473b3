-- $1: tenant, $2: id, $3: its creation as its id tells it: it did not end before, and older partitions are passed over.
SELECT * FROM jobforge_all_jobs WHERE tenant_id = $1 AND id = $2 AND (finished_at IS NULL OR finished_at >= $3) LIMIT 1
