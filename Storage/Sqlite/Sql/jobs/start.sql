UPDATE jobforge_jobs
SET status = 'running', status_reason = 'started', attempts = attempts + 1, started_at = :started_at, expires_at = deadline_at, updated_at = :started_at, write_start_first = 0
WHERE id = :id AND status = :fence_status AND owner_epoch IS :fence_owner AND attempts = :fence_attempt
  AND (owner_epoch IS NULL OR :fence_holder = (SELECT holder FROM jobforge_epochs WHERE jobforge_epochs.id = owner_epoch)) AND status = 'queued' AND owner_epoch IS NOT NULL
