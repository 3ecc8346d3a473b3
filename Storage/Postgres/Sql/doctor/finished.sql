-- $1, $2: behind this tenant and id, $3: rows. The keys of the next finished jobs.
SELECT tenant_id, id::text, NULL::text FROM jobforge_finished_jobs AS job WHERE (job.tenant_id, job.id) > ($1, $2) ORDER BY job.tenant_id, job.id LIMIT $3
