-- The id's own time bounds the days that are looked into; an id without one is looked up in all. The order, which is of no use otherwise, is that of the
-- primary key: on days that are nearly empty the planner would as soon walk all of the tenant's events.
SELECT id, tenant_id, project_id, event_version, event_type, occurred_at, received_at, trace_id, actor_id, source_app, source_module,
  subject_type, subject_id, payload, contains_pii, redaction_hints, processed, processed_at, processing_job_id, created_at
FROM jobforge_events
WHERE id = $1 AND tenant_id = $2
  AND received_at >= coalesce(jobforge_id_time($1) - interval '1 day', '-infinity') AND received_at < coalesce(jobforge_id_time($1) + interval '1 day', 'infinity')
ORDER BY received_at LIMIT 1
