-- $1: tenants, $2: ids, $3: the earliest of their creations. What of these has ended, and how; older partitions are passed over.
SELECT id, status, attempts FROM jobforge_finished_jobs
WHERE tenant_id = ANY ($1::text[]) AND id = ANY ($2::uuid[]) AND finished_at >= $3::timestamptz
