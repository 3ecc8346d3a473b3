UPDATE jobforge_jobs
SET hold = :hold, status_reason = :reason, gate_key = coalesce(:gate_key, gate_key), owner_epoch = NULL, updated_at = :at
WHERE id = :id AND status = :fence_status AND owner_epoch IS :fence_owner AND attempts = :fence_attempt
  AND (owner_epoch IS NULL OR :fence_holder = (SELECT holder FROM jobforge_epochs WHERE jobforge_epochs.id = owner_epoch))
  AND status = 'queued' AND wait_until IS NULL
