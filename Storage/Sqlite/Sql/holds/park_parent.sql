-- A parent's attempt is given back uncounted: attempts stands at what it was before the start.
UPDATE jobforge_jobs
SET status = 'queued', status_reason = 'waiting_for_children', attempts = :attempts, owner_epoch = NULL, wait_until = NULL, hold = 'children',
  handler_state = :state, write_start_first = 0, started_at = :started_at, expires_at = deadline_at, updated_at = :at
WHERE id = :id AND status = :fence_status AND owner_epoch IS :fence_owner AND attempts = :fence_attempt
  AND (owner_epoch IS NULL OR :fence_holder = (SELECT holder FROM jobforge_epochs WHERE jobforge_epochs.id = owner_epoch))
  AND cancel_requested_at IS NULL
