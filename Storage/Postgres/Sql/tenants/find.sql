SELECT tenant_id, name, requests_per_minute, max_queued_jobs, created_at FROM jobforge_tenants WHERE tenant_id = $1
