INSERT INTO jobforge_tenants (tenant_id, name, requests_per_minute, max_queued_jobs, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant_id) DO UPDATE
SET name = excluded.name, requests_per_minute = excluded.requests_per_minute, max_queued_jobs = excluded.max_queued_jobs
