DELETE FROM jobforge_flags WHERE coalesce(tenant_id, '') = coalesce($1::text, '') AND flag = $2
