-- $1: holder.
DELETE FROM jobforge_epochs
WHERE state IN ('closed', 'dead') AND holder = $1
  AND NOT EXISTS (SELECT FROM jobforge_jobs WHERE owner_epoch = jobforge_epochs.id AND status = 'queued' AND wait_until IS NULL)
  AND NOT EXISTS (SELECT FROM jobforge_jobs WHERE owner_epoch = jobforge_epochs.id AND status = 'running')
RETURNING id
