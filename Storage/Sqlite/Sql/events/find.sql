SELECT id, tenant_id, project_id, event_version, event_type, occurred_at, received_at, trace_id, actor_id, source_app, source_module,
  subject_type, subject_id, payload, contains_pii, redaction_hints, processed, processed_at, processing_job_id, created_at
FROM jobforge_events WHERE id = :id AND tenant_id = :tenant_id
