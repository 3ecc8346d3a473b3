SELECT rowid, received_at FROM jobforge_events ORDER BY rowid LIMIT :limit
