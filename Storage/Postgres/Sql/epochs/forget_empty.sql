-- Ended epochs that own nothing and that no living process holds are done with. Not as NOT EXISTS, which may become a join that
-- reads the whole queue.
DELETE FROM jobforge_epochs
WHERE state IN ('closed', 'dead') AND holder NOT IN (SELECT id FROM jobforge_epochs AS holding WHERE holding.state = 'open')
  AND (SELECT job.id FROM jobforge_jobs AS job WHERE owner_epoch = jobforge_epochs.id AND status = 'queued' AND wait_until IS NULL AND hold IS NULL LIMIT 1) IS NULL
  AND (SELECT job.id FROM jobforge_jobs AS job WHERE owner_epoch = jobforge_epochs.id AND status = 'running' LIMIT 1) IS NULL
