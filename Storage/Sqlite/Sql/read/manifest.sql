SELECT manifest FROM jobforge_finished_jobs WHERE tenant_id = :tenant_id AND id = :id
