-- $1: tenants, $2: ids, $3: the earliest creation among them.
SELECT * FROM jobforge_all_jobs
WHERE tenant_id = ANY ($1::text[]) AND id = ANY ($2::uuid[]) AND (finished_at IS NULL OR finished_at >= $3::timestamptz)
