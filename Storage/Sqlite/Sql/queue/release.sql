-- In slices, so that a large backlog does not hold the writer.
UPDATE jobforge_jobs SET owner_epoch = NULL
WHERE id IN (SELECT id FROM jobforge_jobs INDEXED BY jobforge_jobs_owned WHERE owner_epoch = :epoch AND status = 'queued' LIMIT :limit)
