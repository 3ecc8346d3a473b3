INSERT INTO jobforge_tenants (tenant_id, name, requests_per_minute, max_queued_jobs, created_at, max_running, starts_per_minute)
VALUES (:tenant_id, :name, :requests_per_minute, :max_queued_jobs, :created_at, :max_running, :starts_per_minute)
ON CONFLICT (tenant_id) DO UPDATE
SET name = excluded.name, requests_per_minute = excluded.requests_per_minute, max_queued_jobs = excluded.max_queued_jobs,
  max_running = excluded.max_running, starts_per_minute = excluded.starts_per_minute
