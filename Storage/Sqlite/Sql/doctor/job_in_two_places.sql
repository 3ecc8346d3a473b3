-- ?1, ?2: behind this id, up to that one. History is right: an end is final.
SELECT job.tenant_id, job.id, job.status || ' in the queue, ended in history'
FROM jobforge_jobs AS job
WHERE job.id > ?1 AND job.id <= ?2
  AND (SELECT ended.id FROM jobforge_finished_jobs AS ended
    WHERE ended.tenant_id = job.tenant_id AND ended.id = job.id AND ended.finished_at >= job.created_at - 86400000 LIMIT 1) IS NOT NULL
