-- $1: holder.
SELECT id FROM jobforge_jobs
WHERE owner_epoch = ANY (ARRAY(SELECT epoch.id FROM jobforge_epochs AS epoch WHERE epoch.holder = $1)) AND cancel_requested_at IS NOT NULL
