-- A batch, keys first, in the order of the arrays ($1 to $3: sorted by the caller, so that two batches cannot deadlock). A batch names no key twice. An
-- event with a key ($24 is true) goes in only when the key was claimed here. Answers the ids that went in.
WITH claimed AS (
  INSERT INTO jobforge_event_keys (hash, event_id, content_hash)
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[])
  ON CONFLICT DO NOTHING RETURNING event_id)
INSERT INTO jobforge_events (
  id, tenant_id, project_id, event_version, event_type, occurred_at, received_at, trace_id, actor_id, source_app, source_module,
  subject_type, subject_id, payload, contains_pii, redaction_hints, processed, processed_at, processing_job_id, created_at)
SELECT
  id, tenant_id, project_id, event_version, event_type, occurred_at, received_at, trace_id, actor_id, source_app, source_module,
  subject_type, subject_id, payload, contains_pii, redaction_hints, processed, processed_at, processing_job_id, created_at
FROM unnest(
  $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[], $10::timestamptz[], $11::text[], $12::text[], $13::text[], $14::text[],
  $15::text[], $16::text[], $17::json[], $18::boolean[], $19::json[], $20::boolean[], $21::timestamptz[], $22::uuid[], $23::timestamptz[], $24::boolean[])
  AS new (
    id, tenant_id, project_id, event_version, event_type, occurred_at, received_at, trace_id, actor_id, source_app, source_module,
    subject_type, subject_id, payload, contains_pii, redaction_hints, processed, processed_at, processing_job_id, created_at, keyed)
WHERE NOT keyed OR id IN (SELECT event_id FROM claimed)
RETURNING id
