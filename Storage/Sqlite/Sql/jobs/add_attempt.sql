INSERT INTO jobforge_job_attempts (job_id, tenant_id, number, worker, started_at, finished_at, outcome, error)
SELECT id, tenant_id, :number, :worker, :started_at, :finished_at, :outcome, :error FROM jobforge_jobs WHERE id = :id
