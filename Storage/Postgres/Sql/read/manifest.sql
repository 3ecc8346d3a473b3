SELECT manifest FROM jobforge_finished_jobs WHERE tenant_id = $1 AND id = $2
