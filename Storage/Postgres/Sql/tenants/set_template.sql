INSERT INTO jobforge_tenant_templates (tenant_id, template_key, enabled) VALUES ($1, $2, $3)
ON CONFLICT (tenant_id, template_key) DO UPDATE SET enabled = excluded.enabled
