UPDATE jobforge_jobs SET owner_epoch = :epoch, updated_at = :now
WHERE id = :id AND status = :fence_status AND owner_epoch IS :fence_owner AND attempts = :fence_attempt
  AND (owner_epoch IS NULL OR :fence_holder = (SELECT holder FROM jobforge_epochs WHERE jobforge_epochs.id = owner_epoch))
