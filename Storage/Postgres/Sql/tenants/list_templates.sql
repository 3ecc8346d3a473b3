SELECT tenant_id, template_key, enabled FROM jobforge_tenant_templates ORDER BY tenant_id, template_key
