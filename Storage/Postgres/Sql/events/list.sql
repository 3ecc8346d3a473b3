-- Newest first by keyset; the index gives the order. $1 tenant, $2 and $3 before (time, id), $4 and $5 time bounds, $6 to $11 filters, $12 limit, $13 offset.
SELECT id, tenant_id, project_id, event_version, event_type, occurred_at, received_at, trace_id, actor_id, source_app, source_module,
  subject_type, subject_id, payload, contains_pii, redaction_hints, processed, processed_at, processing_job_id, created_at
FROM jobforge_events
WHERE tenant_id = $1 AND (occurred_at, id) < ($2, $3) AND occurred_at BETWEEN $4 AND $5
  AND ($6::text IS NULL OR event_type = $6) AND ($7::text IS NULL OR source_app = $7) AND ($8::text IS NULL OR source_module = $8)
  AND ($9::text IS NULL OR project_id = $9) AND ($10::text IS NULL OR trace_id = $10) AND ($11::boolean IS NULL OR processed = $11)
ORDER BY occurred_at DESC, id DESC
LIMIT $12 OFFSET $13
