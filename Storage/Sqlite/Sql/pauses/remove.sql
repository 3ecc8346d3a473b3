DELETE FROM jobforge_pauses
WHERE coalesce(tenant_id, '') = coalesce(:tenant_id, '') AND coalesce(template_key, '') = coalesce(:template_key, '')
