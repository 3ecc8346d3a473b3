SELECT hash, event_id FROM jobforge_event_keys WHERE hash > :after ORDER BY hash LIMIT :limit
