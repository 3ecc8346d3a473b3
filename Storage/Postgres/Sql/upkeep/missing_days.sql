-- From the catalogue alone: 0 when every day has its partitions, which is nearly always, so that the locks of making them are not taken.
SELECT count(*) FROM generate_series($1::date, $2::date, '1 day') AS day, unnest(ARRAY['jobforge_finished_jobs', 'jobforge_events', 'jobforge_audit_logs']) AS parent
WHERE to_regclass(parent || '_' || to_char(day, 'YYYYMMDD')) IS NULL
