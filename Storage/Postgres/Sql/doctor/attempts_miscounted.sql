-- $1, $2: behind this tenant and id, $3, $4: up to that one; $5: attempts of what ended before may have been forgotten. What was given back does not count.
SELECT job.tenant_id, job.id::text, 'succeeded at attempt ' || job.attempts || '; the earlier attempts that are written do not add up to that'
FROM jobforge_finished_jobs AS job
WHERE (job.tenant_id, job.id) > ($1, $2) AND (job.tenant_id, job.id) <= ($3, $4)
  AND job.status = 'succeeded' AND job.finished_at >= $5
  AND job.attempts - 1 <> (SELECT count(*) FROM jobforge_job_attempts AS attempt
    WHERE attempt.job_id = job.id AND attempt.outcome NOT IN ('drained', 'waiting_for_children'))
