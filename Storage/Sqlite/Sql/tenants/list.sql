SELECT tenant_id, name, requests_per_minute, max_queued_jobs, created_at, max_running, starts_per_minute FROM jobforge_tenants ORDER BY tenant_id
