UPDATE jobforge_jobs SET owner_epoch = :epoch, updated_at = :now
WHERE id = :id AND status = :fence_status AND owner_epoch IS :fence_owner AND attempts = :fence_attempt
