UPDATE jobforge_jobs
SET status = 'queued', status_reason = 'lease_lost', owner_epoch = NULL, wait_until = :retry_at, run_at = :retry_at, write_start_first = 1,
  updated_at = :now
WHERE id = :id AND status = :fence_status AND owner_epoch IS :fence_owner AND attempts = :fence_attempt
  AND (owner_epoch IS NULL OR :fence_holder = (SELECT holder FROM jobforge_epochs WHERE jobforge_epochs.id = owner_epoch))
