-- Who runs the job now, or who ran its last attempt.
SELECT worker FROM jobforge_epochs WHERE id = (SELECT owner_epoch FROM jobforge_jobs WHERE id = $1 AND tenant_id = $2)
UNION ALL
SELECT worker FROM jobforge_finished_jobs WHERE tenant_id = $2 AND id = $1
LIMIT 1
