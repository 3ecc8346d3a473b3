INSERT INTO jobforge_flags (tenant_id, flag, value) VALUES ($1, $2, $3)
ON CONFLICT (coalesce(tenant_id, ''), flag) DO UPDATE SET value = excluded.value
