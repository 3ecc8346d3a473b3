DELETE FROM jobforge_pauses
WHERE coalesce(tenant_id, '') = coalesce($1::text, '') AND coalesce(template_key, '') = coalesce($2::text, '')
