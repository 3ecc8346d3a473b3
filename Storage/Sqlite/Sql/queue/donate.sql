UPDATE jobforge_jobs SET owner_epoch = NULL
WHERE id IN (
    SELECT id FROM jobforge_jobs INDEXED BY jobforge_jobs_queue
    WHERE owner_epoch = :owner AND status = 'queued' AND wait_until IS NULL AND (fair_tag, id) > (:after_tag, :after_id)
    ORDER BY fair_tag, id LIMIT :limit)
  AND :holder = (SELECT holder FROM jobforge_epochs WHERE jobforge_epochs.id = :owner)
