SELECT id FROM jobforge_jobs INDEXED BY jobforge_jobs_cancel
WHERE owner_epoch IN (SELECT id FROM jobforge_epochs WHERE holder = :holder) AND cancel_requested_at IS NOT NULL
