-- ?1, ?2: behind this tenant and id, ?3, ?4: up to that one.
SELECT job.tenant_id, job.id, 'it ended ' || count(*) || ' times'
FROM jobforge_finished_jobs AS job
WHERE (job.tenant_id, job.id) > (?1, ?2) AND (job.tenant_id, job.id) <= (?3, ?4)
GROUP BY job.tenant_id, job.id HAVING count(*) > 1
