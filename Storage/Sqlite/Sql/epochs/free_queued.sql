UPDATE jobforge_jobs SET owner_epoch = NULL, write_start_first = 1
WHERE id = :id AND status = :fence_status AND owner_epoch IS :fence_owner AND attempts = :fence_attempt
