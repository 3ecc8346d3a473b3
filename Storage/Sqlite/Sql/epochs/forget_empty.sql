-- Ended epochs that own nothing and that no living process holds are done with.
DELETE FROM jobforge_epochs
WHERE state IN ('closed', 'dead') AND holder NOT IN (SELECT id FROM jobforge_epochs AS holding WHERE holding.state = 'open')
  AND NOT EXISTS (SELECT 1 FROM jobforge_jobs WHERE owner_epoch = jobforge_epochs.id AND status = 'queued' AND wait_until IS NULL AND hold IS NULL)
  AND NOT EXISTS (SELECT 1 FROM jobforge_jobs WHERE owner_epoch = jobforge_epochs.id AND status = 'running')
