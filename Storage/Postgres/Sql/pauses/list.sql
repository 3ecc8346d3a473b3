SELECT tenant_id, template_key, reason, actor_id, paused_at FROM jobforge_pauses ORDER BY tenant_id, template_key
