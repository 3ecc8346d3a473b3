INSERT INTO jobforge_grain_state (state_name, grain_id, payload, etag) VALUES (:state_name, :grain_id, :payload, :etag)
ON CONFLICT DO NOTHING
