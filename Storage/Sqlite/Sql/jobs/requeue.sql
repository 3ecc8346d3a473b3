UPDATE jobforge_jobs
SET status = 'queued', status_reason = :reason, attempts = :attempts, owner_epoch = NULL, wait_until = :wait_until, run_at = :wait_until,
  write_start_first = 0, expires_at = deadline_at, started_at = :started_at, updated_at = :at
WHERE id = :id AND status = :fence_status AND owner_epoch IS :fence_owner AND attempts = :fence_attempt
  AND (owner_epoch IS NULL OR :fence_holder = (SELECT holder FROM jobforge_epochs WHERE jobforge_epochs.id = owner_epoch))
  AND cancel_requested_at IS NULL
