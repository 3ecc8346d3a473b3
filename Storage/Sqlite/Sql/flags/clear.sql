DELETE FROM jobforge_flags WHERE coalesce(tenant_id, '') = coalesce(:tenant_id, '') AND flag = :flag
