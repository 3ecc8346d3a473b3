SELECT
  EXISTS (SELECT 1 FROM jobforge_jobs INDEXED BY jobforge_jobs_expiry WHERE expires_at IS NOT NULL AND status = 'queued' AND expires_at <= :now),
  EXISTS (SELECT 1 FROM jobforge_jobs INDEXED BY jobforge_jobs_paused WHERE hold = 'paused'),
  EXISTS (SELECT 1 FROM jobforge_jobs INDEXED BY jobforge_jobs_parents WHERE hold = 'children'),
  EXISTS (SELECT 1 FROM jobforge_jobs INDEXED BY jobforge_jobs_gated WHERE hold = 'limit')
