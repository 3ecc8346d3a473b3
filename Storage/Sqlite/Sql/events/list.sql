-- Newest first by keyset; the filters that are null fall away. The index gives the order, so nothing is sorted.
SELECT id, tenant_id, project_id, event_version, event_type, occurred_at, received_at, trace_id, actor_id, source_app, source_module,
  subject_type, subject_id, payload, contains_pii, redaction_hints, processed, processed_at, processing_job_id, created_at
FROM jobforge_events INDEXED BY jobforge_events_tenant
WHERE tenant_id = :tenant_id
  AND (occurred_at, id) < (:before_at, :before_id)
  AND occurred_at BETWEEN :from_time AND :to_time
  AND (:event_type IS NULL OR event_type = :event_type)
  AND (:source_app IS NULL OR source_app = :source_app)
  AND (:source_module IS NULL OR source_module = :source_module)
  AND (:project_id IS NULL OR project_id = :project_id)
  AND (:trace_id IS NULL OR trace_id = :trace_id)
  AND (:processed IS NULL OR processed = :processed)
ORDER BY occurred_at DESC, id DESC
LIMIT :limit OFFSET :offset
