UPDATE jobforge_epochs SET state = 'recovered'
WHERE id = :id AND state = 'dead' AND NOT EXISTS (SELECT 1 FROM jobforge_jobs WHERE owner_epoch = :id)
