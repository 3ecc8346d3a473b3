SELECT event_id, content_hash FROM jobforge_event_keys WHERE hash = :hash
