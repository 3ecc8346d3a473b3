SELECT 1 FROM jobforge_finished_jobs WHERE tenant_id = :tenant_id AND id = :id AND attempts = :attempts AND status = :status
