-- $1: behind this id, $2: rows. The keys of the next open jobs.
SELECT tenant_id, id::text, NULL::text FROM jobforge_jobs AS job WHERE job.id > $1 ORDER BY job.id LIMIT $2
