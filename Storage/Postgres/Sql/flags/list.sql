SELECT tenant_id, flag, value FROM jobforge_flags ORDER BY tenant_id NULLS FIRST, flag
