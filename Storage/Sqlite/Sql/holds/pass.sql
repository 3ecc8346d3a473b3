UPDATE jobforge_jobs SET hold = NULL, owner_epoch = :epoch, fair_tag = :fair_tag, status_reason = 'released', updated_at = :at
WHERE id = :id AND status = :fence_status AND owner_epoch IS :fence_owner AND attempts = :fence_attempt
  AND (owner_epoch IS NULL OR :fence_holder = (SELECT holder FROM jobforge_epochs WHERE jobforge_epochs.id = owner_epoch))
  AND hold = 'limit'
