-- ?1: behind this id, ?2: rows. The keys of the next open jobs.
SELECT tenant_id, id, NULL FROM jobforge_jobs WHERE id > ?1 ORDER BY id LIMIT ?2
