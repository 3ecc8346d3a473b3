-- A repeated append keeps the first line of a sequence number. Nothing is kept of a run that the holder has lost.
INSERT INTO jobforge_run_logs (job_id, sequence, tenant_id, attempt, at, level, message)
SELECT :job_id, :sequence, :tenant_id, :attempt, :at, :level, :message
WHERE EXISTS (
  SELECT 1 FROM jobforge_jobs AS job JOIN jobforge_epochs AS own ON own.id = job.owner_epoch WHERE job.id = :job_id AND own.holder = :holder)
ON CONFLICT DO NOTHING
