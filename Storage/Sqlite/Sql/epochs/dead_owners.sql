SELECT id FROM jobforge_epochs AS epoch
WHERE state = 'dead' AND EXISTS (SELECT 1 FROM jobforge_jobs WHERE owner_epoch = epoch.id)
ORDER BY id
