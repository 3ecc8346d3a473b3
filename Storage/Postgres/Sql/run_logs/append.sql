-- A batch. A repeated append keeps the first line of a sequence number.
INSERT INTO jobforge_run_logs (job_id, sequence, tenant_id, attempt, at, level, message)
SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::integer[], $5::timestamptz[], $6::text[], $7::text[])
ON CONFLICT DO NOTHING
