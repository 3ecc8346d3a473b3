INSERT INTO jobforge_grain_state (payload, etag, state_name, grain_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
