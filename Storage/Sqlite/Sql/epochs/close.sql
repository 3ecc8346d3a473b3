-- A closed epoch that still owns jobs counts as dead, so that they are taken over.
UPDATE jobforge_epochs
SET state = CASE WHEN EXISTS (SELECT 1 FROM jobforge_jobs WHERE owner_epoch = :id) THEN 'dead' ELSE 'closed' END
WHERE id = :id AND state = 'open'
