SELECT * FROM jobforge_all_jobs WHERE tenant_id = :tenant_id AND id = :id LIMIT 1
