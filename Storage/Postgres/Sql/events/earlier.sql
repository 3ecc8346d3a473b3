-- The first events of these keys, in a later snapshot than the claim, so that those of a batch that this one waited for are seen. Without an event row
-- the event is past its retention.
SELECT first.id, first.tenant_id, first.project_id, first.event_version, first.event_type, first.occurred_at, first.received_at, first.trace_id,
  first.actor_id, first.source_app, first.source_module, first.subject_type, first.subject_id, first.payload, first.contains_pii, first.redaction_hints,
  first.processed, first.processed_at, first.processing_job_id, first.created_at,
  key.hash, key.content_hash, key.event_id
FROM jobforge_event_keys AS key
LEFT JOIN LATERAL (
  SELECT * FROM jobforge_events AS event
  WHERE event.id = key.event_id
    AND event.received_at >= coalesce(jobforge_id_time(key.event_id) - interval '1 day', '-infinity')
    AND event.received_at < coalesce(jobforge_id_time(key.event_id) + interval '1 day', 'infinity')
  LIMIT 1) AS first ON true
WHERE key.hash = ANY ($1::uuid[])
