-- $1, $2: behind this tenant and id, $3: rows. The keys of the next finished jobs.
SELECT tenant_id, id::text, NULL::text FROM jobforge_finished_jobs WHERE (tenant_id, id) > ($1, $2) ORDER BY tenant_id, id LIMIT $3
