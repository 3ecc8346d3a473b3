SELECT grain_id, name, start_at, period_ms, etag FROM jobforge_reminders ORDER BY grain_id, name
