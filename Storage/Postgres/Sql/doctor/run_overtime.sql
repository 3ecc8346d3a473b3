-- $1, $2: behind this id, up to that one; $3: over before.
SELECT job.tenant_id, job.id::text, 'attempt ' || job.attempts || ' runs past its timeout of ' || job.timeout_ms || ' ms'
FROM jobforge_jobs AS job
WHERE job.id > $1 AND job.id <= $2 AND job.status = 'running' AND job.started_at + job.timeout_ms * interval '1 millisecond' < $3
