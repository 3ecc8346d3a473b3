INSERT INTO jobforge_pauses (tenant_id, template_key, reason, actor_id, paused_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (coalesce(tenant_id, ''), coalesce(template_key, '')) DO UPDATE SET reason = excluded.reason, actor_id = excluded.actor_id
