DELETE FROM jobforge_epochs
WHERE state IN ('closed', 'dead') AND holder = :holder
  AND NOT EXISTS (SELECT 1 FROM jobforge_jobs WHERE owner_epoch = jobforge_epochs.id AND status = 'queued' AND wait_until IS NULL AND hold IS NULL)
  AND NOT EXISTS (SELECT 1 FROM jobforge_jobs WHERE owner_epoch = jobforge_epochs.id AND status = 'running')
RETURNING id
