SELECT id FROM jobforge_jobs INDEXED BY jobforge_jobs_cancel WHERE owner_epoch = :epoch AND cancel_requested_at IS NOT NULL
