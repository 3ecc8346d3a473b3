-- $1: ids. Those that are no job of any tenant, open or finished. The id's own time bounds the days that are looked into.
SELECT NULL::text, wanted.id::text, NULL::text
FROM unnest($1::uuid[]) AS wanted (id)
WHERE (SELECT job.id FROM jobforge_jobs AS job WHERE job.id = wanted.id) IS NULL
  AND (SELECT ended.id FROM jobforge_finished_jobs AS ended
    WHERE ended.tenant_id = ANY (ARRAY(SELECT tenant.tenant_id FROM jobforge_tenants AS tenant)) AND ended.id = wanted.id
      AND ended.finished_at >= coalesce(jobforge_id_time(wanted.id) - interval '1 day', '-infinity')
    LIMIT 1) IS NULL
