SELECT tenant_id, template_key, reason, actor_id, paused_at FROM jobforge_pauses
WHERE tenant_id IS NULL OR tenant_id = $1 ORDER BY tenant_id, template_key
