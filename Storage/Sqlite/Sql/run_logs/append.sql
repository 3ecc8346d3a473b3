-- A repeated append keeps the first line of a sequence number.
INSERT INTO jobforge_run_logs (job_id, sequence, tenant_id, attempt, at, level, message)
VALUES (:job_id, :sequence, :tenant_id, :attempt, :at, :level, :message)
ON CONFLICT DO NOTHING
