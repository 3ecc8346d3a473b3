INSERT INTO jobforge_reminders (grain_id, name, start_at, period_ms, etag) VALUES (:grain_id, :name, :start_at, :period_ms, :etag)
ON CONFLICT (grain_id, name) DO UPDATE SET start_at = excluded.start_at, period_ms = excluded.period_ms, etag = excluded.etag
