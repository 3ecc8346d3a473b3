SELECT event_id, digest FROM jobforge_event_keys WHERE hash = :hash
