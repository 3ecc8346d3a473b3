-- $1: id. Whatever the queue says of a job that has ended is void.
DELETE FROM jobforge_jobs AS job
WHERE job.id = $1
  AND (SELECT ended.id FROM jobforge_finished_jobs AS ended
    WHERE ended.tenant_id = job.tenant_id AND ended.id = job.id AND ended.finished_at >= job.created_at - interval '1 day' LIMIT 1) IS NOT NULL
