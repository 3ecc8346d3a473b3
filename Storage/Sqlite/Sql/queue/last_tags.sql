SELECT priority, fair_tag FROM jobforge_jobs INDEXED BY jobforge_jobs_tenant WHERE tenant_id = :tenant_id ORDER BY id DESC LIMIT :look
