-- Who runs the job now, or who ran its last attempt.
SELECT epoch.worker FROM jobforge_jobs AS job JOIN jobforge_epochs AS epoch ON epoch.id = job.owner_epoch WHERE job.id = :id
UNION ALL
SELECT worker FROM jobforge_finished_jobs WHERE tenant_id = :tenant_id AND id = :id
LIMIT 1
