-- $1, $2: behind this tenant and id, $3, $4: up to that one.
SELECT job.tenant_id, job.id::text, 'ended ' || job.status || ' after ' || job.attempts || ' attempts; its manifest says '
  || coalesce(job.manifest::json ->> 'status', 'nothing') || ', attempt ' || coalesce(job.manifest::json ->> 'attempt', 'none')
FROM jobforge_finished_jobs AS job
WHERE (job.tenant_id, job.id) > ($1, $2) AND (job.tenant_id, job.id) <= ($3, $4)
  AND (job.manifest::json ->> 'run_id' IS DISTINCT FROM job.id::text
    OR job.manifest::json ->> 'tenant_id' IS DISTINCT FROM job.tenant_id
    OR job.manifest::json ->> 'job_type' IS DISTINCT FROM job.template_key
    OR job.manifest::json ->> 'status' IS DISTINCT FROM CASE job.status WHEN 'succeeded' THEN 'complete' ELSE 'failed' END
    OR coalesce(job.manifest::json ->> 'attempt', job.attempts::text) <> job.attempts::text
    OR coalesce(job.manifest::json ->> 'inputs_digest', job.inputs_digest) <> job.inputs_digest)
