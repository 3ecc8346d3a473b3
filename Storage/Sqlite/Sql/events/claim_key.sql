INSERT INTO jobforge_event_keys (hash, event_id, digest) VALUES (:hash, :event_id, :digest) ON CONFLICT DO NOTHING
