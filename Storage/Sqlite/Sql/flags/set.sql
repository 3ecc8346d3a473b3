INSERT INTO jobforge_flags (tenant_id, flag, value) VALUES (:tenant_id, :flag, :value)
ON CONFLICT (coalesce(tenant_id, ''), flag) DO UPDATE SET value = excluded.value
