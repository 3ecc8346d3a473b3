UPDATE jobforge_jobs
SET run_at = :run_at, wait_until = :wait_until, expires_at = :expires_at, deadline_at = :deadline_at, owner_epoch = NULL,
  hold = CASE WHEN :wait_until IS NULL AND gate_key IS NOT NULL THEN 'limit' END, status_reason = 'rescheduled', updated_at = :at
WHERE id = :id AND status = :fence_status AND owner_epoch IS :fence_owner AND attempts = :fence_attempt
  AND (owner_epoch IS NULL OR :fence_holder = (SELECT holder FROM jobforge_epochs WHERE jobforge_epochs.id = owner_epoch)) AND status = 'queued'
