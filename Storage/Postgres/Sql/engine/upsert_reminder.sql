INSERT INTO jobforge_reminders (grain_id, name, start_at, period_ms, etag) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (grain_id, name) DO UPDATE SET start_at = excluded.start_at, period_ms = excluded.period_ms, etag = excluded.etag
