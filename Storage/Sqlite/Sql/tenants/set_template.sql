INSERT INTO jobforge_tenant_templates (tenant_id, template_key, enabled) VALUES (:tenant_id, :template_key, :enabled)
ON CONFLICT (tenant_id, template_key) DO UPDATE SET enabled = excluded.enabled
