-- ?1, ?2: behind this tenant and id, ?3, ?4: up to that one.
SELECT job.tenant_id, job.id, 'ended ' || job.status || ' after ' || job.attempts || ' attempts; its manifest says '
  || coalesce(job.manifest ->> 'status', 'nothing') || ', attempt ' || coalesce(job.manifest ->> 'attempt', 'none')
FROM jobforge_finished_jobs AS job
WHERE (job.tenant_id, job.id) > (?1, ?2) AND (job.tenant_id, job.id) <= (?3, ?4)
  AND (replace(job.manifest ->> 'run_id', '-', '') IS NOT lower(hex(job.id))
    OR job.manifest ->> 'tenant_id' IS NOT job.tenant_id
    OR job.manifest ->> 'job_type' IS NOT job.template_key
    OR job.manifest ->> 'status' IS NOT CASE job.status WHEN 'succeeded' THEN 'complete' ELSE 'failed' END
    OR coalesce(job.manifest ->> 'attempt', job.attempts) <> job.attempts
    OR coalesce(job.manifest ->> 'inputs_digest', job.inputs_digest) <> job.inputs_digest)
