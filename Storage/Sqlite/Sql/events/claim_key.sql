INSERT INTO jobforge_event_keys (hash, event_id, content_hash) VALUES (:hash, :event_id, :content_hash) ON CONFLICT DO NOTHING
