SELECT grain_id, name, start_at, period_ms, etag FROM jobforge_reminders WHERE grain_id = $1 ORDER BY name
